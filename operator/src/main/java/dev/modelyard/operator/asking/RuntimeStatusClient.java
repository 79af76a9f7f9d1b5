package dev.modelyard.operator.asking;

import dev.modelyard.operator.config.OperatorSettings;
import dev.modelyard.operator.status.Pods;
import dev.modelyard.operator.status.RuntimeStatus;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks runtime pods for their status. */
@Singleton
public class RuntimeStatusClient {
  static final int MAX_BYTES = 64 * 1024;

  private final StatusClient client;
  private final int port;

  @Inject
  RuntimeStatusClient(StatusClient client, OperatorSettings settings) {
    this(client, settings.statusPort());
  }

  RuntimeStatusClient(StatusClient client, int port) {
    this.client = client;
    this.port = port;
  }

  /**
   * Where the pod tells its status; empty where it has no address, or ends. A pod on the host's
   * network answers with the node's address, where other things listen.
   */
  public Optional<URI> uri(Pod pod) {
    if (!Pods.active(pod)
        || pod.getStatus() == null
        || pod.getSpec() != null && Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
      return Optional.empty();
    }
    return uri(pod.getStatus().getPodIP());
  }

  /** Empty where the address is none of a pod's. */
  Optional<URI> uri(String podIp) {
    return StatusClient.uri(podIp, port);
  }

  /** Fails where the pod does not answer in time, or with anything but a status. */
  public CompletableFuture<RuntimeStatus> ask(URI uri) {
    return client.ask(uri, RuntimeStatus.class, MAX_BYTES).thenApply(RuntimeStatusClient::checked);
  }

  private static RuntimeStatus checked(RuntimeStatus status) {
    if (status.state() == null) {
      throw new IllegalStateException("no state in the answer");
    }
    return status;
  }
}
