package dev.modelyard.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewaySettingsTest {

  private static GatewaySettings settings(Map<String, String> values) {
    GatewayConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(GatewayConfig.class)
            .withConverters(
                new org.eclipse.microprofile.config.spi.Converter<?>[] {
                  new MemorySizeConverter(),
                  new io.quarkus.runtime.configuration.DurationConverter()
                })
            .withDefaultValues(values)
            .build()
            .getConfigMapping(GatewayConfig.class);
    return GatewaySettings.of(config);
  }

  @Test
  void whatIsNotSetHasADefault() {
    GatewaySettings settings = settings(Map.of());

    assertThat(settings.namespaces()).isEmpty();
    assertThat(settings.listen().port()).isEqualTo(8080);
    assertThat(settings.hold().deadline()).isEqualTo(Duration.ofSeconds(120));
    assertThat(settings.limits().maxBody()).isEqualTo(64 << 20);
    assertThat(settings.keysFile()).isEmpty();
    assertThat(settings.trustForwarded()).isFalse();
    assertThat(settings.accessLog()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modelyard.namespaces | A_b | MODELYARD_NAMESPACES is 'A_b'",
        "modelyard.gateway.port | 70000 | MODELYARD_GATEWAY_PORT is '70000'",
        "modelyard.gateway.hold.deadline | 0s | MODELYARD_GATEWAY_HOLD_DEADLINE is 'PT0S'",
        "modelyard.gateway.hold.max-requests | -1 | MODELYARD_GATEWAY_HOLD_MAX_REQUESTS is '-1'",
        "modelyard.gateway.limits.max-peek | 1 | MODELYARD_GATEWAY_LIMITS_MAX_PEEK is '1'",
        "modelyard.gateway.upstream.idle-timeout | 2h | MODELYARD_GATEWAY_UPSTREAM_IDLE_TIMEOUT is 'PT2H'",
        "modelyard.gateway.shutdown.grace | 1s | MODELYARD_GATEWAY_SHUTDOWN_GRACE is 'PT1S'",
      })
  void whatIsWrongIsSaidWithTheVariable(String name, String value, String message) {
    assertThatThrownBy(() -> settings(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("but must be");
  }
}
