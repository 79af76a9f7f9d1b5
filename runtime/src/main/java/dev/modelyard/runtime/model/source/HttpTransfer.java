package dev.modelyard.runtime.model.source;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import dev.modelyard.runtime.model.source.DownloadFolder.Validator;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One attempt to complete the {@code .part} file. */
final class HttpTransfer {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");

  /** Left free for what else writes to the volume. */
  private static final long RESERVE = 1 << 20;

  private final HttpHops hops;
  private final URI uri;
  private final DownloadFolder folder;
  private final long maxBytes;
  private final DownloadListener listener;

  HttpTransfer(
      HttpHops hops, URI uri, DownloadFolder folder, long maxBytes, DownloadListener listener) {
    this.hops = hops;
    this.uri = uri;
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.listener = listener;
  }

  /** The answer is worth another attempt. */
  static final class RetryLater extends IOException {
    private final Optional<String> retryAfter;

    RetryLater(String message, Optional<String> retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    /** The header's value: seconds or a date. */
    Optional<String> retryAfter() {
      return retryAfter;
    }
  }

  /**
   * @throws ModelFailure where another attempt would end no better
   * @throws IOException where another attempt may succeed; what has come stays
   */
  void attempt() throws IOException, InterruptedException {
    long have = folder.partSize();
    Optional<Validator> validator = folder.partValidator();
    Map<String, String> headers = new HashMap<>();
    headers.put("User-Agent", "modelyard-runtime");
    // The digest is of the bytes as they are, so the server must not compress them.
    headers.put("Accept-Encoding", "identity");
    if (have > 0 && validator.isPresent()) {
      headers.put("Range", "bytes=" + have + "-");
      headers.put("If-Range", validator.get().ifRange());
    }
    try (HttpConnector.Response response = hops.get(uri, headers)) {
      switch (response.status()) {
        case 200 -> {
          folder.startPart(Validator.of(response));
          receive(response, 0, length(response));
        }
        case 206 -> resume(response, have);
        case 416 -> complete(response, have);
        default -> throw refused(response);
      }
    }
    folder.completePart();
  }

  private void resume(HttpConnector.Response response, long have)
      throws IOException, InterruptedException {
    String range = response.header("Content-Range");
    Matcher matcher = CONTENT_RANGE.matcher(range == null ? "" : range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != have) {
      folder.discardPart();
      throw new IOException("the server resumed elsewhere than asked; starting over");
    }
    receive(response, have, Long.parseLong(matcher.group(3)));
  }

  /** There is nothing after the last byte: an earlier process ended just before the rename. */
  private void complete(HttpConnector.Response response, long have) throws IOException {
    if (have == 0 || !("bytes */" + have).equals(response.header("Content-Range"))) {
      folder.discardPart();
      throw new IOException("the server has no byte " + have + "; starting over");
    }
    listener.received(0, have, have);
  }

  private void receive(HttpConnector.Response response, long have, long total)
      throws IOException, InterruptedException {
    if (total > maxBytes) {
      throw tooLarge("it has " + total + " bytes, more than the " + maxBytes + " allowed");
    }
    checkSpace(total - have);
    listener.received(0, have, total);
    long done = have;
    try (FileChannel out =
        FileChannel.open(
            folder.part(),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      for (Buffer piece = response.read(); piece != null; piece = response.read()) {
        if (done + piece.length() > maxBytes) {
          throw tooLarge("it is longer than the " + maxBytes + " bytes allowed");
        }
        write(out, piece);
        done += piece.length();
        listener.received(piece.length(), done, total);
      }
    }
    if (total >= 0 && done != total) {
      throw new IOException("it ended after " + done + " of " + total + " bytes");
    }
  }

  private void write(FileChannel out, Buffer piece) throws IOException {
    ByteBuffer bytes = piece.getByteBuf().nioBuffer();
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      // Retrying does not mend a full or broken disk.
      checkSpace(0);
      throw new ModelFailure(
          FailureReason.SourceUnavailable, "the model cache cannot be written: " + e, e);
    }
  }

  private void checkSpace(long needed) throws IOException {
    FileStore store = Files.getFileStore(folder.file().getParent());
    long free = store.getUsableSpace() - RESERVE;
    if (needed > free || free < 0) {
      throw tooLarge(
          (needed > 0 ? needed + " more bytes are needed, " : "")
              + "the cache has "
              + Math.max(0, free)
              + " bytes free; give it a larger volume");
    }
  }

  private static long length(HttpConnector.Response response) throws IOException {
    String length = response.header("Content-Length");
    if (length == null) {
      return -1;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw new IOException("the server sent no number as Content-Length", e);
    }
  }

  private RetryLater refused(HttpConnector.Response response) {
    int status = response.status();
    switch (status) {
      case 404, 410 -> throw failure(FailureReason.SourceNotFound, status);
      case 401, 403, 407, 451 -> throw failure(FailureReason.SourceForbidden, status);
      default -> {
        if (status == 408 || status == 425 || status == 429 || status >= 500) {
          return new RetryLater(
              "the server answered " + status, Optional.ofNullable(response.header("Retry-After")));
        }
        throw failure(FailureReason.SourceUnavailable, status);
      }
    }
  }

  private ModelFailure failure(FailureReason reason, int status) {
    return new ModelFailure(reason, ModelUri.Http.display(uri) + ": the server answered " + status);
  }

  private ModelFailure tooLarge(String problem) {
    return new ModelFailure(
        FailureReason.SourceTooLarge, ModelUri.Http.display(uri) + ": " + problem);
  }
}
