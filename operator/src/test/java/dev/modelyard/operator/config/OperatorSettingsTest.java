package dev.modelyard.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorSettingsTest {

  @Test
  void everySettingIsAnEnvironmentVariable() {
    OperatorSettings settings =
        settings(
            Map.of(
                "MODELYARD_NAMESPACES", "a,b",
                "MODELYARD_RUNTIME_IMAGE_CPU", "registry.example.org/cpu:1",
                "MODELYARD_RUNTIME_CACHE_SIZE", "2Gi",
                "MODELYARD_RUNTIME_ALLOWED_ADDRESSES", "127.0.0.0/8",
                "MODELYARD_MAX_CONCURRENT_RECONCILES", "3"));

    assertThat(settings.namespaces()).containsExactlyInAnyOrder("a", "b");
    assertThat(settings.maxConcurrentReconciles()).isEqualTo(3);
    assertThat(settings.runtime().cpuImage()).isEqualTo("registry.example.org/cpu:1");
    assertThat(settings.runtime().cacheBytes()).isEqualTo(2L << 30);
    assertThat(settings.runtime().allowedAddresses()).containsExactly("127.0.0.0/8");
  }

  @Test
  void theGatewaysAreFoundByTheirServiceAndAnswerAtAUrl() {
    OperatorSettings settings =
        settings(
            Map.of(
                "MODELYARD_GATEWAY_SERVICE", "models/gateways",
                "MODELYARD_GATEWAY_URL", "https://example.org/models/"));
    assertThat(settings.gateway())
        .contains(new OperatorSettings.GatewayService("models", "gateways"));
    assertThat(settings.gatewayUrl()).contains("https://example.org/models");
    assertThat(settings(Map.of()).gateway()).isEmpty();
  }

  @Test
  void nothingSetWatchesAllNamespaces() {
    assertThat(settings(Map.of()).namespaces()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "MODELYARD_NAMESPACES,No Namespace",
    "MODELYARD_RUNTIME_CACHE_SIZE,lots",
    "MODELYARD_RUNTIME_CACHE_SIZE,-1Gi",
    "MODELYARD_RUNTIME_CACHE_SIZE,1",
    "MODELYARD_RUNTIME_ALLOWED_ADDRESSES,localhost",
    "MODELYARD_RUNTIME_SHUTDOWN_GRACE,1s",
    "MODELYARD_RUNTIME_MANAGEMENT_PORT,70000",
    "MODELYARD_MAX_CONCURRENT_RECONCILES,0",
    "MODELYARD_GATEWAY_SERVICE,modelyard-gateway",
    "MODELYARD_GATEWAY_SERVICE,a/b/c",
    "MODELYARD_GATEWAY_URL,models.example.org",
    "MODELYARD_GATEWAY_URL,http://user@models.example.org",
    "MODELYARD_GATEWAY_URL,http://models.example.org?a=b"
  })
  void aWrongSettingIsNamedWithWhatToWrite(String variable, String value) {
    assertThatThrownBy(() -> settings(Map.of(variable, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(variable)
        .hasMessageContaining("must be");
  }

  private static OperatorSettings settings(Map<String, String> environment) {
    Map<String, String> variables =
        new HashMap<>(
            Map.of("MODELYARD_RUNTIME_IMAGE_CPU", "cpu", "MODELYARD_RUNTIME_IMAGE_GPU", "gpu"));
    variables.putAll(environment);
    return OperatorSettings.of(
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withSources(new EnvConfigSource(variables, 300))
            .withConverter(
                java.time.Duration.class,
                100,
                new io.quarkus.runtime.configuration.DurationConverter())
            .withMapping(OperatorConfig.class)
            .build()
            .getConfigMapping(OperatorConfig.class));
  }
}
