package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/**
 * The Service that selects the revision that serves: port 80 (http) to the pods' inference port.
 */
public final class RuntimeService {
  private RuntimeService() {}

  public static Service desired(ModelDeployment owner, String servingRevision) {
    String name = owner.getMetadata().getName();
    return new ServiceBuilder()
        .withMetadata(
            Owners.metadata(owner, Names.service(name)).withLabels(Labels.of(name)).build())
        .withNewSpec()
        .withType("ClusterIP")
        .withSelector(Labels.selector(name, servingRevision))
        .addNewPort()
        .withName("http")
        .withPort(80)
        .withProtocol("TCP")
        .withTargetPort(new IntOrString(RuntimePod.INFERENCE))
        .endPort()
        .endSpec()
        .build();
  }
}
