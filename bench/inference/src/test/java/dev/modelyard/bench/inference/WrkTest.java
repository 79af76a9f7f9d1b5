package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrkTest {
  private static final String OUTPUT =
      """
      Running 3s test @ http://127.0.0.1:1/
        1 threads and 8 connections
      RESULT requests=300 micros=1500000 p50=120 p99=4000 max=5000 connect=0 read=0 write=0 timeout=0 status=0
      """;

  @Test
  void readsWhatTheScriptPrints() {
    Wrk.Result result = Wrk.parse(OUTPUT);
    assertThat(result).isEqualTo(new Wrk.Result(300, 1.5, 120, 4000, 5000));
    assertThat(result.perSecond()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "read", "write", "timeout", "status"})
  void oneErrorOfAnyKindIsAFailure(String kind) {
    assertThatThrownBy(() -> Wrk.parse(OUTPUT.replace(kind + "=0", kind + "=1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("wrk counted errors");
  }

  @Test
  void noRequestIsAFailure() {
    assertThatThrownBy(() -> Wrk.parse(OUTPUT.replace("requests=300", "requests=0")))
        .hasMessageContaining("no request was answered");
  }

  @Test
  void aMissingResultIsAFailure() {
    assertThatThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:1 Connection refused"))
        .hasMessageContaining("Connection refused");
  }
}
