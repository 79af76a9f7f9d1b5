package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ContentCodingTest {
  private static final byte[] TEXT = "{\"inputs\": []}".getBytes(StandardCharsets.UTF_8);

  private static byte[] encoded(ContentCoding coding, byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (coding) {
          case IDENTITY -> bytes;
          case GZIP -> new GZIPOutputStream(bytes);
          case DEFLATE -> new DeflaterOutputStream(bytes);
        }) {
      out.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] decoded(ContentCoding coding, byte[] body, long limit, long memory) {
    try (MemoryBudget.Share share = new MemoryBudget(memory).share()) {
      ContentCoding.Body all = coding.decode(body, body.length, limit, share);
      return Arrays.copyOf(all.bytes(), all.length());
    }
  }

  private static void assertRefused(
      int status, ContentCoding coding, byte[] body, long limit, long memory) {
    assertThatThrownBy(() -> decoded(coding, body, limit, memory))
        .isInstanceOf(ProtocolException.class)
        .extracting(e -> ((ProtocolException) e).status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"identity,IDENTITY", "gzip,GZIP", "X-GZIP,GZIP", "Deflate,DEFLATE"})
  void knowsTheCodings(String header, ContentCoding coding) {
    assertThat(ContentCoding.of(List.of(header))).isEqualTo(coding);
    assertThat(ContentCoding.of(List.of())).isEqualTo(ContentCoding.IDENTITY);
  }

  @ParameterizedTest
  @EnumSource
  void decodesUpToTheLimit(ContentCoding coding) {
    byte[] large = new byte[100_000];
    assertThat(decoded(coding, encoded(coding, TEXT), 1 << 20, 1 << 20)).isEqualTo(TEXT);
    assertThat(decoded(coding, encoded(coding, large), large.length, 1 << 20)).isEqualTo(large);
    assertThat(decoded(coding, encoded(coding, new byte[0]), 10, 1 << 20)).isEmpty();
  }

  /** A few bytes become any number. */
  @ParameterizedTest
  @EnumSource(names = {"GZIP", "DEFLATE"})
  void boundsWhatABodyBecomes(ContentCoding coding) {
    byte[] bomb = encoded(coding, new byte[10_000_000]);
    assertThat(bomb.length).isLessThan(20_000);
    assertRefused(413, coding, bomb, 9_999_999, 1 << 30);
    assertRefused(413, coding, bomb, 1 << 30, 1 << 20);
  }

  private static byte[] with(byte[] body, int at, int change) {
    byte[] changed = body.clone();
    changed[at] ^= (byte) change;
    return changed;
  }

  static Stream<Arguments> malformed() {
    return Stream.of(ContentCoding.GZIP, ContentCoding.DEFLATE)
        .flatMap(
            coding -> {
              byte[] good = encoded(coding, TEXT);
              return Stream.of(
                      TEXT,
                      new byte[0],
                      Arrays.copyOf(good, good.length / 2),
                      Arrays.copyOf(good, good.length - 1),
                      Arrays.copyOf(good, good.length + 1),
                      with(good, 0, 0xff),
                      with(good, good.length - (coding == ContentCoding.GZIP ? 8 : 4), 1))
                  .map(body -> Arguments.of(coding, body));
            });
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsNotSoEncoded(ContentCoding coding, byte[] body) {
    assertRefused(400, coding, body, 1 << 20, 1 << 20);
  }

  @Test
  void servesCompressedRequests() throws Exception {
    String json =
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [1, 2]}]}";
    try (TestServer server = TestServer.serving("identity_fp32")) {
      byte[] plain = json.getBytes(StandardCharsets.UTF_8);
      for (ContentCoding coding : ContentCoding.values()) {
        HttpResponse<String> response = send(server, coding.name(), encoded(coding, plain));
        assertThat(response.body()).contains("\"data\":[1.0,2.0]");
      }
      assertThat(send(server, "gzip", plain).statusCode()).isEqualTo(400);
      byte[] bomb = encoded(ContentCoding.GZIP, new byte[TestServer.MAX_BODY + 1]);
      assertThat(send(server, "gzip", bomb).statusCode()).isEqualTo(413);
      HttpResponse<String> unknown = send(server, "gzip, br", plain);
      assertThat(unknown.statusCode()).isEqualTo(415);
      assertThat(unknown.headers().firstValue("accept-encoding")).hasValue("gzip, deflate");
      assertThat(server.protocol.memoryInUse()).isZero();
    }
  }

  private static HttpResponse<String> send(TestServer server, String coding, byte[] body)
      throws Exception {
    return server.send(
        server
            .request("/v2/models/digits/infer")
            .header("Content-Encoding", coding)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }
}
