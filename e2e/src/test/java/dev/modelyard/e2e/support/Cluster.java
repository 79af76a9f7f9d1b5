package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Optional;

/** The cluster that KUBECONFIG names, what the run installs there, and a client with all rights. */
public final class Cluster implements AutoCloseable {
  private final KubernetesClient client = new KubernetesClientBuilder().build();
  private final Operator operator = new Operator(client);
  private final Models models = new Models(client);
  private final Optional<AuditLog> auditLog = AuditLog.fromNow();

  Cluster() {
    System.out.printf(
        "seed %d: MODELYARD_SEED=%d repeats this run%n", Settings.SEED, Settings.SEED);
  }

  public KubernetesClient client() {
    return client;
  }

  public Operator operator() {
    return operator;
  }

  /** The web server that the tests' models come from. */
  public Models models() {
    return models;
  }

  /** What the operator asked of the API server in this run, where that can be read. */
  public Optional<AuditLog> auditLog() {
    return auditLog;
  }

  @Override
  public void close() {
    models.close();
    operator.close();
    client.close();
  }
}
