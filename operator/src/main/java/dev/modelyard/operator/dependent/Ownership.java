package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
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

  private static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences() == null
        ? Optional.empty()
        : object.getMetadata().getOwnerReferences().stream()
            .filter(reference -> Boolean.TRUE.equals(reference.getController()))
            .findFirst();
  }
}
