package dev.modelyard.local.apiserver;

import java.nio.file.Path;

/** A Kubernetes API server for one run. */
public interface ApiServer extends AutoCloseable {
  /** Kubeconfig of a cluster administrator. */
  Path kubeconfig();

  /** What it is and what it cannot do, for people. */
  String description();

  /** Whether kubectl can fetch from it what it validates against. */
  boolean hasOpenApi();

  @Override
  void close();
}
