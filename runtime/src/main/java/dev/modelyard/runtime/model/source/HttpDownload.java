package dev.modelyard.runtime.model.source;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Fetches one {@code http(s):} uri into the cache, and resumes what an earlier attempt or an
 * earlier process has left there ({@code Range} with {@code If-Range}, RFC 9110, section 14).
 */
public final class HttpDownload {
  /** A name that does not resolve, or a certificate not trusted, is more often wrong than away. */
  private static final int MOST_HOPELESS = 5;

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final Settings settings;
  private final ModelUri.Http uri;
  private final DownloadFolder folder;

  /**
   * @param timeout from the start of a fetch; no attempt begins after it
   * @param idle longest silence of a server within one attempt
   */
  public record Settings(
      Path cache,
      long maxBytes,
      AddressPolicy policy,
      Duration timeout,
      Duration idle,
      Backoff backoff) {}

  /**
   * @param reused whether it was in the cache already
   */
  public record Fetched(Path file, boolean reused) {}

  public HttpDownload(Vertx vertx, Settings settings, ModelUri.Http uri) {
    this.vertx = vertx;
    this.settings = settings;
    this.uri = uri;
    this.folder = new DownloadFolder(settings.cache(), uri.uri());
  }

  /**
   * @throws ModelFailure {@code SourceNotFound}, {@code SourceForbidden}, {@code SourceTooLarge},
   *     {@code SourceUnavailable}
   */
  public Fetched fetch(DownloadListener listener) throws InterruptedException {
    folder.create();
    if (Files.exists(folder.file())) {
      return new Fetched(folder.file(), true);
    }
    try (FileChannel lock = folder.lock()) {
      if (Files.exists(folder.file())) {
        return new Fetched(folder.file(), true);
      }
      listener.downloading();
      try (HttpConnector connector = new HttpConnector(vertx, settings.idle())) {
        HttpHops hops = new HttpHops(connector, settings.policy());
        attempts(
            new HttpTransfer(hops, uri.uri(), folder, settings.maxBytes(), listener), listener);
      }
      return new Fetched(folder.file(), false);
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      throw interrupted();
    } catch (IOException e) {
      throw cacheFailure(e);
    }
  }

  private void attempts(HttpTransfer transfer, DownloadListener listener)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + settings.timeout().toNanos();
    long before = folder.partSize();
    int failures = 0;
    while (true) {
      try {
        transfer.attempt();
        return;
      } catch (ModelFailure e) {
        discardUnlessWorthKeeping(e);
        throw e;
      } catch (ClosedByInterruptException e) {
        throw interrupted();
      } catch (IOException e) {
        long now = folder.partSize();
        // An attempt that brought bytes starts the back-off afresh.
        failures = now > before ? 1 : failures + 1;
        before = now;
        pause(e, failures, deadline, listener);
      }
    }
  }

  private void pause(IOException e, int failures, long deadline, DownloadListener listener)
      throws InterruptedException {
    boolean unknown = e instanceof UnknownHostException;
    String why = unknown ? "the host " + uri.uri().getHost() + " is unknown" : e.getMessage();
    boolean hopeless = unknown || e.getCause() instanceof SSLException;
    Duration delay = settings.backoff().delay(failures);
    if (e instanceof HttpTransfer.RetryLater later) {
      delay = longer(delay, later.retryAfter());
    }
    boolean late = System.nanoTime() + delay.toNanos() >= deadline;
    if (late || (hopeless && failures >= MOST_HOPELESS)) {
      throw new ModelFailure(
          FailureReason.SourceUnavailable,
          uri.display() + ": " + why + "; given up after failure " + failures + " in a row",
          e);
    }
    listener.retrying(why + "; next attempt in " + delay.toMillis() + " ms");
    Thread.sleep(delay.toMillis());
  }

  private static Duration longer(Duration delay, Optional<String> retryAfter) {
    // A date is rare here and needs the server's clock; the back-off serves for it.
    Duration asked =
        retryAfter
            .filter(value -> value.matches("\\d{1,6}"))
            .map(value -> Duration.ofSeconds(Long.parseLong(value)))
            .orElse(Duration.ZERO);
    Duration capped = asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
    return capped.compareTo(delay) > 0 ? capped : delay;
  }

  private void discardUnlessWorthKeeping(ModelFailure e) throws IOException {
    if (e.reason() == FailureReason.SourceTooLarge) {
      folder.discardPart();
    }
  }

  private static InterruptedException interrupted() {
    // The channel has left the flag set; the exception takes its place.
    Thread.interrupted();
    return new InterruptedException("the download was interrupted");
  }

  /** Empty where nothing was recorded of the file in the cache. */
  public Optional<String> recordedDigest() {
    try {
      return folder.recordedDigest();
    } catch (IOException e) {
      throw cacheFailure(e);
    }
  }

  public void recordDigest(String digest) {
    try {
      folder.recordDigest(digest);
    } catch (IOException e) {
      throw cacheFailure(e);
    }
  }

  /** Forgets the file, so that the next fetch downloads it again. */
  public void discard() {
    try {
      folder.discardFile();
    } catch (IOException e) {
      throw cacheFailure(e);
    }
  }

  private static ModelFailure cacheFailure(IOException e) {
    return new ModelFailure(
        FailureReason.SourceUnavailable, "the model cache cannot be used: " + e, e);
  }
}
