package dev.modelyard.local.apiserver;

import java.nio.file.Path;
import java.util.Optional;

/** A Kubernetes API server for one run. */
public interface ApiServer extends AutoCloseable {
  String OPERATOR_USER = "modelyard-operator";
  String GATEWAY_USER = "modelyard-gateway";

  /** Kubeconfig of a cluster administrator. */
  Path kubeconfig();

  /** What it is and what it cannot do, for people. */
  String description();

  /** Whether a user may only do what a role allows. */
  boolean hasRights();

  /**
   * Kubeconfig of {@link #OPERATOR_USER} or {@link #GATEWAY_USER}, who have no rights yet where
   * rights count.
   */
  Path kubeconfig(String user);

  /** Whether kubectl can fetch from it what it validates against. */
  boolean hasOpenApi();

  /**
   * What has ended by itself, with which exit code, and the last lines of its log; empty while all
   * of it runs. A process that is stopped has not ended.
   */
  default Optional<String> ended() {
    return Optional.empty();
  }

  @Override
  void close();
}
