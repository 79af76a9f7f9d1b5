package dev.modelyard.local;

import java.nio.file.Path;

/** The operator. */
final class OperatorProcess extends ServerProcess {
  static final String JAR = "operator/target/quarkus-app/quarkus-run.jar";

  OperatorProcess(Path root, String java, Path kubeconfig, Path logs) {
    super("operator", root.resolve(JAR), java, kubeconfig, logs.resolve("operator.log"));
    set("QUARKUS_HTTP_HOST", "127.0.0.1");
    set("QUARKUS_HTTP_PORT", "0");
  }

  OperatorProcess withRuntimeImages(String cpu, String gpu) {
    set("MODELYARD_RUNTIME_IMAGE_CPU", cpu);
    set("MODELYARD_RUNTIME_IMAGE_GPU", gpu);
    return this;
  }

  /** Tells it of the gateway, and where the gateways' management ports are listed. */
  OperatorProcess with(GatewayProcess gateway) {
    set("MODELYARD_GATEWAY_URL", gateway.url());
    set("MODELYARD_GATEWAY_SERVICE", GatewayService.NAMESPACE + "/" + GatewayService.NAME);
    return this;
  }
}
