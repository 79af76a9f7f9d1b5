package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;

/** What a ModelDeployment owns goes with it: the garbage collector deletes by these references. */
final class Owners {
  private Owners() {}

  /**
   * Without {@code blockOwnerDeletion}: to set it, clusters that enforce it want the right to
   * update the owner's finalizers, and nothing here waits for its dependents to be gone.
   */
  static OwnerReference reference(ModelDeployment owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .build();
  }

  static ObjectMetaBuilder metadata(ModelDeployment owner, String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(owner.getMetadata().getNamespace())
        .withOwnerReferences(reference(owner));
  }
}
