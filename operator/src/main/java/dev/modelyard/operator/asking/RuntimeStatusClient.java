package dev.modelyard.operator.asking;

import dev.modelyard.operator.config.OperatorSettings;
import dev.modelyard.operator.status.RuntimeStatus;
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

  RuntimeStatusClient(StatusClient client, OperatorSettings settings) {
    this(client, settings.statusPort());
  }

  RuntimeStatusClient(StatusClient client, int port) {
    this.client = client;
    this.port = port;
  }

  /** Empty where the pod has no address yet, or one that is none of a pod's. */
  public Optional<URI> uri(String podIp) {
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
