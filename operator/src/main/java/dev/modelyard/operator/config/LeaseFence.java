package dev.modelyard.operator.config;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Keeps a leader from writing once its lease may be another's. A process that was stopped for a
 * while wakes in the middle of what it did, and acts on what it knew; only later does it learn that
 * it leads no more. So every write, each repetition of one too, asks here first.
 */
@Singleton
class LeaseFence implements Interceptor {
  static final String NAME = "lease-fence";

  /** A little less than until another may take the lease, for the way to the API server. */
  static final Duration HELD =
      LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE.minusSeconds(1);

  private final Clock clock;

  /** When the write of the lease was sent that is under way; there is one at a time. */
  private volatile Instant sent;

  /** Null until this process leads. */
  private volatile Instant renewed;

  LeaseFence(Clock clock) {
    this.clock = clock;
  }

  /**
   * @throws KubernetesClientException where the lease may be another's
   */
  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (request.method().equals("GET")) {
      return;
    }
    Instant now = clock.instant();
    Instant last = renewed;
    if (isOfALease(request.uri().getPath())) {
      sent = now;
    } else if (last != null && !now.isBefore(last.plus(HELD))) {
      throw new KubernetesClientException(
          "Nothing is written: the lease was renewed last at " + last + ", it may be another's");
    }
  }

  @Override
  public void after(
      HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
    if (!request.method().equals("GET")
        && isOfALease(request.uri().getPath())
        && response.isSuccessful()) {
      renewed = sent;
    }
  }

  /**
   * Whether a request is one of the leader election's.
   *
   * @param path of the request's URI
   */
  static boolean isOfALease(String path) {
    return path.contains("/apis/coordination.k8s.io/");
  }
}
