package dev.modelyard.local.apiserver;

import java.nio.file.Path;
import java.util.Optional;

/** A Kubernetes API server for one run. */
public interface ApiServer extends AutoCloseable {
  String OPERATOR_USER = "modelyard-operator";

  /** Kubeconfig of a cluster administrator. */
  Path kubeconfig();

  /** What it is and what it cannot do, for people. */
  String description();

  /**
   * Kubeconfig of {@link #OPERATOR_USER}, who has no rights yet; empty where rights do not count.
   */
  Optional<Path> operatorKubeconfig();

  /** Whether kubectl can fetch from it what it validates against. */
  boolean hasOpenApi();

  @Override
  void close();
}
