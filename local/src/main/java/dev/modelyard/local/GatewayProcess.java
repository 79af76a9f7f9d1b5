package dev.modelyard.local;

import dev.modelyard.local.process.Ports;
import java.nio.file.Path;

/** The gateway. There is one: a second would need a load balancer in front, and memory. */
final class GatewayProcess extends ServerProcess {
  static final String JAR = "gateway/target/quarkus-app/quarkus-run.jar";

  private final int port = Ports.free();

  GatewayProcess(Path root, String java, Path kubeconfig, Path logs) {
    super("gateway", root.resolve(JAR), java, kubeconfig, logs.resolve("gateway.log"));
    set("MODELYARD_GATEWAY_HOST", "127.0.0.1");
    set("MODELYARD_GATEWAY_PORT", String.valueOf(port));
    // No Service has to forget it first.
    set("MODELYARD_GATEWAY_SHUTDOWN_DELAY", "0s");
  }

  /** Such as {@code http://127.0.0.1:40123}. */
  String url() {
    return "http://127.0.0.1:" + port;
  }
}
