package dev.modelyard.local.node;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Set;

/**
 * Deletes what an owner left. It knows owners of the kinds there are on a laptop; an object with
 * another owner stays.
 */
final class GarbageCollector {
  private final KubernetesClient client;

  GarbageCollector(KubernetesClient client) {
    this.client = client;
  }

  /**
   * @param knownOwners uids that an informer shows: no reason to ask the server
   * @return whether the object was deleted
   */
  boolean collect(HasMetadata object, Set<String> knownOwners) {
    var owners = object.getMetadata().getOwnerReferences();
    if (owners.isEmpty() || object.getMetadata().getDeletionTimestamp() != null) {
      return false;
    }
    for (OwnerReference owner : owners) {
      // An informer may be late, so that "not shown" is asked again before anything is deleted.
      if (knownOwners.contains(owner.getUid()) || exists(object, owner)) {
        return false;
      }
    }
    client.resource(object).delete();
    return true;
  }

  private boolean exists(HasMetadata object, OwnerReference owner) {
    Class<? extends HasMetadata> type =
        switch (owner.getKind()) {
          case "ModelDeployment" -> ModelDeployment.class;
          case "Deployment" -> Deployment.class;
          case "Service" -> Service.class;
          default -> null;
        };
    if (type == null) {
      return true;
    }
    HasMetadata found =
        client
            .resources(type)
            .inNamespace(object.getMetadata().getNamespace())
            .withName(owner.getName())
            .get();
    return found != null && owner.getUid().equals(found.getMetadata().getUid());
  }
}
