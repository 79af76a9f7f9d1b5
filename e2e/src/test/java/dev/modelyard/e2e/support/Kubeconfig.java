package dev.modelyard.e2e.support;

import java.nio.file.Path;
import java.util.Optional;

/** The kubeconfig of the run, which fabric8 finds by itself and Helm is told. */
final class Kubeconfig {
  private Kubeconfig() {}

  /** Empty where KUBECONFIG is not set: then both read ~/.kube/config. */
  static Optional<Path> path() {
    return Settings.variable("KUBECONFIG").map(Path::of);
  }
}
