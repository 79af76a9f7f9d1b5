package dev.modelyard.runtime.api.v2;

import static dev.modelyard.runtime.api.v2.ProtocolException.badRequest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** How the body of a request is compressed. */
enum ContentCoding {
  IDENTITY,
  GZIP,
  /** With zlib's header, as RFC 9110 has it. */
  DEFLATE;

  /** What {@code Accept-Encoding} says beside a 415. */
  static final String ACCEPTED = "gzip, deflate";

  private static final int PIECE = 64 << 10;

  /** The first so many bytes of the array. */
  record Body(byte[] bytes, int length) {}

  /**
   * @param headers the values of {@code Content-Encoding}, a line each
   * @throws ProtocolException 415 for another coding, and for more than one
   */
  static ContentCoding of(List<String> headers) {
    String coding = String.join(",", headers).strip();
    return switch (coding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      case "deflate" -> DEFLATE;
      default ->
          throw new ProtocolException(
              415,
              "content encoding '%s' is not supported; send the body with gzip, with deflate, or as it is"
                  .formatted(Parameters.shortened(coding)));
    };
  }

  /**
   * @param limit bytes that the body may have when it is decoded
   * @param memory pays for them as they come, whatever the body may claim
   * @throws ProtocolException 400 where the body is not compressed so, ends too early or too late,
   *     or has another checksum; 413 or 429 where it is too large
   */
  Body decode(byte[] body, int length, long limit, MemoryBudget.Share memory) {
    if (this == IDENTITY) {
      return new Body(body, length);
    }
    ByteArrayInputStream source = new ByteArrayInputStream(body, 0, length);
    Inflater inflater = new Inflater();
    try (InputStream decoded =
        this == GZIP
            ? new GzipCompressorInputStream(source, true)
            : new InflaterInputStream(source, inflater)) {
      Body all = readAll(decoded, limit, memory);
      if (this == DEFLATE && (inflater.getRemaining() > 0 || source.available() > 0)) {
        throw new IOException("bytes follow its end");
      }
      return all;
    } catch (IOException e) {
      throw badRequest(
          "the body is not the %s that Content-Encoding says: %s",
          name().toLowerCase(Locale.ROOT), e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private static Body readAll(InputStream decoded, long limit, MemoryBudget.Share memory)
      throws IOException {
    byte[] bytes = {};
    int length = 0;
    while (true) {
      if (length == bytes.length) {
        // One byte more than the limit, which tells that there is more.
        int grown = (int) Math.min(limit + 1, Math.max(PIECE, 2L * length));
        memory.take(grown - bytes.length);
        bytes = Arrays.copyOf(bytes, grown);
      }
      int read = decoded.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return new Body(bytes, length);
      }
      length += read;
      if (length > limit) {
        throw BodyReader.tooLarge(limit);
      }
    }
  }
}
