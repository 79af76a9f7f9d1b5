package dev.modelyard.operator.asking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.modelyard.operator.status.RuntimeStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeStatusClientTest {
  private final StatusClient statusClient = new StatusClient();
  private final AtomicInteger elsewhere = new AtomicInteger();
  private HttpServer server;
  private RuntimeStatusClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/elsewhere",
        exchange -> {
          elsewhere.incrementAndGet();
          exchange.close();
        });
    server.start();
    client = new RuntimeStatusClient(statusClient, server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
    statusClient.stop();
  }

  @Test
  void anAnswerIsReadWhateverElseIsInIt() throws Exception {
    answer(200, "{\"state\":\"LOADING\",\"revision\":\"abc\",\"new\":1}");
    assertThat(ask().get(5, TimeUnit.SECONDS).state()).isEqualTo("LOADING");
  }

  @Test
  void aRedirectIsNotFollowed() {
    server.createContext(
        "/status",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    assertThatThrownBy(() -> ask().get(5, TimeUnit.SECONDS)).hasMessageContaining("HTTP 302");
    assertThat(elsewhere).hasValue(0);
  }

  @Test
  void aLongAnswerIsCutOff() {
    answer(200, "{\"state\":\"" + "x".repeat(RuntimeStatusClient.MAX_BYTES) + "\"}");
    assertThatThrownBy(() -> ask().get(5, TimeUnit.SECONDS)).hasMessageContaining("longer than");
  }

  @Test
  void whatIsNoStatusIsAFailure() {
    answer(200, "<html>");
    assertThatThrownBy(() -> ask().get(5, TimeUnit.SECONDS)).hasMessageContaining("no status");
  }

  @Test
  void aBodyThatNeverEndsIsAFailureInTime() {
    server.createContext(
        "/status",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
        });
    assertThatThrownBy(() -> ask().get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void anIpv6AddressIsBracketed() {
    assertThat(client.uri("fd00::7"))
        .hasValueSatisfying(uri -> assertThat(uri.getHost()).isEqualTo("[fd00::7]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "example.org",
        "1.2.3.4@example.org",
        ""
      })
  void whatIsNoPodsAddressIsNotAsked(String address) {
    assertThat(client.uri(address)).isEmpty();
  }

  private CompletableFuture<RuntimeStatus> ask() {
    return client.ask(client.uri("127.0.0.1").orElseThrow());
  }

  private void answer(int code, String body) {
    server.createContext(
        "/status",
        exchange -> {
          exchange.sendResponseHeaders(code, body.length());
          exchange.getResponseBody().write(body.getBytes());
          exchange.close();
        });
  }
}
