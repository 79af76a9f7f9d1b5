package dev.modelyard.e2e.support;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** What the environment says of the cluster and of the run. docs/testing.md lists the variables. */
public final class Settings {
  /** The checkout. */
  public static final Path ROOT = root();

  public static final Path CHART = ROOT.resolve("helm/modelyard");

  /** Random choices of the tests; {@code MODELYARD_SEED} repeats a run. */
  public static final long SEED =
      variable("MODELYARD_SEED").map(Long::parseLong).orElseGet(() -> new Random().nextLong());

  private Settings() {}

  public static String operatorImage() {
    return variable("MODELYARD_OPERATOR_IMAGE").orElse("localhost/modelyard/operator:e2e");
  }

  public static String gatewayImage() {
    return variable("MODELYARD_GATEWAY_IMAGE").orElse("localhost/modelyard/gateway:e2e");
  }

  public static String runtimeImage() {
    return variable("MODELYARD_RUNTIME_IMAGE").orElse("localhost/modelyard/runtime-cpu:e2e");
  }

  /** The script that stops and starts parts of the control plane, where the cluster has one. */
  public static Optional<Path> clusterControl() {
    return variable("MODELYARD_CLUSTER_CONTROL").map(Path::of);
  }

  /** The API server's audit log, where it can be read. */
  public static Optional<Path> auditLog() {
    return variable("MODELYARD_AUDIT_LOG").map(Path::of);
  }

  /** The folder of KEDA's own CRDs, where they are at hand. */
  public static Optional<Path> kedaCrds() {
    return variable("MODELYARD_KEDA_CRDS").map(Path::of);
  }

  /** The chart that an upgrade starts from, and the images that go with it. */
  public static Optional<Path> previousChart() {
    return variable("MODELYARD_PREVIOUS_CHART").map(Path::of);
  }

  public static Optional<String> previousOperatorImage() {
    return variable("MODELYARD_PREVIOUS_OPERATOR_IMAGE");
  }

  public static Optional<String> previousGatewayImage() {
    return variable("MODELYARD_PREVIOUS_GATEWAY_IMAGE");
  }

  public static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("helm/modelyard"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("not run inside a checkout of Modelyard");
      }
    }
    return folder;
  }
}
