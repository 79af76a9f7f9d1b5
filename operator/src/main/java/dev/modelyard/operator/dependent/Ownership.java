package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Whose an object is: the controller owner reference says, by UID. */
final class Ownership {
  private Ownership() {}

  static boolean owns(ModelDeployment owner, HasMetadata object) {
    return controller(object)
        .filter(reference -> reference.getUid().equals(owner.getMetadata().getUid()))
        .isPresent();
  }

  /** Of a deleted resource of the same name: the garbage collector is about to take it. */
  static boolean isLeftover(ModelDeployment owner, HasMetadata object) {
    return object.isMarkedForDeletion()
        || controller(object)
            .filter(
                reference ->
                    reference.getKind().equals(owner.getKind())
                        && reference.getName().equals(owner.getMetadata().getName())
                        && !reference.getUid().equals(owner.getMetadata().getUid()))
            .isPresent();
  }

  /**
   * Whether a pod with the label of a resource is of that resource's Deployment. The label alone
   * does not tell: a name that is cut for it may be another resource's whole name. A pod that no
   * one controls is adopted by the ReplicaSet that selects it.
   */
  static boolean ownsPod(ModelDeployment owner, Pod pod) {
    String revision = pod.getMetadata().getLabels().getOrDefault(Labels.REVISION, "");
    String deployment = Names.deployment(owner.getMetadata().getName(), revision);
    return controller(pod)
        .map(OwnerReference::getName)
        .map(name -> name.equals(deployment) || name.startsWith(deployment + "-"))
        .orElse(true);
  }

  private static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences() == null
        ? Optional.empty()
        : object.getMetadata().getOwnerReferences().stream()
            .filter(reference -> Boolean.TRUE.equals(reference.getController()))
            .findFirst();
  }
}
