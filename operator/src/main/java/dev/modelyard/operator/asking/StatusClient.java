package dev.modelyard.operator.asking;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.modelyard.operator.DaemonThreads;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Asks pods {@code GET http://<pod IP>:<port>/status}. The answer is a pod's, so it is not trusted:
 * no redirect is followed, no proxy used, and it is cut off in size and time.
 */
@Singleton
public class StatusClient {
  private static final int MAX_IN_FLIGHT = 64;
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final ExecutorService executor =
      Executors.newFixedThreadPool(2, DaemonThreads.named("status-client"));
  private final Turns turns = new Turns(MAX_IN_FLIGHT);
  private final HttpClient client;

  StatusClient() {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .executor(executor)
            .build();
  }

  /** Empty where the address is none of a pod: a name, link-local, multicast or the wildcard. */
  public static Optional<URI> uri(String podIp, int port) {
    if (podIp == null || !LITERAL.matcher(podIp).matches()) {
      return Optional.empty();
    }
    try {
      InetAddress address = InetAddress.getByName(podIp);
      if (address.isAnyLocalAddress()
          || address.isLinkLocalAddress()
          || address.isMulticastAddress()) {
        return Optional.empty();
      }
      String host = podIp.indexOf(':') >= 0 ? "[" + podIp + "]" : podIp;
      return Optional.of(new URI("http", null, host, port, "/status", null, null));
    } catch (UnknownHostException | URISyntaxException e) {
      return Optional.empty();
    }
  }

  /**
   * Asks once it is its turn: so many questions at most are under way at the same time.
   *
   * @param maxBytes a longer answer is a failure
   * @return fails where the pod does not answer in time, or with anything but such a document
   */
  public <T> CompletableFuture<T> ask(URI uri, Class<T> document, int maxBytes) {
    return turns.take(() -> askNow(uri, document, maxBytes));
  }

  private <T> CompletableFuture<T> askNow(URI uri, Class<T> document, int maxBytes) {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER).GET().build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, info -> new LimitedBody(maxBytes));
    // The request's own timeout ends with the headers: a body may still drip.
    CompletableFuture<HttpResponse<byte[]>> inTime =
        answer.copy().orTimeout(ANSWER.toMillis() + CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    inTime.whenComplete(
        (response, failure) -> {
          if (failure != null) {
            answer.cancel(true);
          }
        });
    return inTime.thenApply(response -> read(response, document));
  }

  private static <T> T read(HttpResponse<byte[]> response, Class<T> document) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException("HTTP " + response.statusCode());
    }
    try {
      T status = JSON.readValue(response.body(), document);
      if (status == null) {
        throw new IllegalStateException("the answer is no status: null");
      }
      return status;
    } catch (IOException e) {
      throw new IllegalStateException("the answer is no status: " + e.getMessage(), e);
    }
  }

  @PreDestroy
  void stop() {
    executor.shutdownNow();
  }

  /** Collects so many bytes at most; more is a failure. */
  private static final class LimitedBody implements BodySubscriber<byte[]> {
    private final int maxBytes;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.Subscription subscription;

    LimitedBody(int maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (bytes.size() + buffer.remaining() > maxBytes) {
          subscription.cancel();
          body.completeExceptionally(
              new IOException("the answer is longer than " + maxBytes + " bytes"));
          return;
        }
        byte[] chunk = new byte[buffer.remaining()];
        buffer.get(chunk);
        bytes.write(chunk, 0, chunk.length);
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}
