package dev.modelyard.operator.config;

import dev.modelyard.operator.desired.RuntimeDefaults;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings, checked: what is wrong with one is said at start, with the variable to correct.
 *
 * @param namespaces that are watched; empty for all
 */
public record OperatorSettings(
    Set<String> namespaces,
    int maxConcurrentReconciles,
    RuntimeDefaults runtime,
    int statusPort,
    Optional<GatewayService> gateway,
    Optional<String> gatewayUrl) {

  /** The Service whose endpoints are the gateways' management ports. */
  public record GatewayService(String namespace, String name) {}

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern GATEWAY_URL = Pattern.compile("https?://[^\\s/?#@]+(/[^\\s?#]*)?");
  private static final Pattern CIDR = Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}");

  /**
   * @throws IllegalArgumentException where a setting is wrong
   */
  public static OperatorSettings of(OperatorConfig config) {
    OperatorConfig.RuntimeConfig runtime = config.runtime();
    List<String> namespaces = config.namespaces().orElse(List.of());
    for (String namespace : namespaces) {
      check(
          NAMESPACE.matcher(namespace).matches(),
          "MODELYARD_NAMESPACES",
          namespace,
          "names of namespaces separated by commas, or nothing for all");
    }
    List<String> addresses = runtime.allowedAddresses().orElse(List.of());
    for (String address : addresses) {
      check(
          CIDR.matcher(address).matches(),
          "MODELYARD_RUNTIME_ALLOWED_ADDRESSES",
          address,
          "CIDRs separated by commas, such as 127.0.0.0/8");
    }
    check(
        config.maxConcurrentReconciles() >= 1 && config.maxConcurrentReconciles() <= 256,
        "MODELYARD_MAX_CONCURRENT_RECONCILES",
        config.maxConcurrentReconciles(),
        "a number from 1 to 256");
    check(
        runtime.managementPort() >= 1 && runtime.managementPort() <= 65535,
        "MODELYARD_RUNTIME_MANAGEMENT_PORT",
        runtime.managementPort(),
        "a port from 1 to 65535");
    check(
        !runtime.shutdownDelay().isNegative(),
        "MODELYARD_RUNTIME_SHUTDOWN_DELAY",
        runtime.shutdownDelay(),
        "a duration such as 5s");
    check(
        runtime.shutdownGrace().compareTo(runtime.shutdownDelay()) > 0
            && runtime.shutdownGrace().compareTo(Duration.ofHours(1)) <= 0,
        "MODELYARD_RUNTIME_SHUTDOWN_GRACE",
        runtime.shutdownGrace(),
        "a duration above the shutdown delay, at most 1h");
    return new OperatorSettings(
        Set.copyOf(namespaces),
        config.maxConcurrentReconciles(),
        new RuntimeDefaults(
            runtime.image().cpu(),
            runtime.image().gpu(),
            cacheBytes(runtime.cacheSize()),
            runtime.shutdownDelay(),
            runtime.shutdownGrace(),
            List.copyOf(addresses)),
        runtime.managementPort(),
        config.gateway().service().map(OperatorSettings::gatewayService),
        config.gateway().url().map(OperatorSettings::gatewayUrl));
  }

  private static GatewayService gatewayService(String text) {
    String[] parts = text.split("/", -1);
    check(
        parts.length == 2
            && NAMESPACE.matcher(parts[0]).matches()
            && NAMESPACE.matcher(parts[1]).matches(),
        "MODELYARD_GATEWAY_SERVICE",
        text,
        "<namespace>/<name> of the gateways' management Service, or nothing for none");
    return new GatewayService(parts[0], parts[1]);
  }

  /** Without a slash at the end: the path begins with one. */
  private static String gatewayUrl(String text) {
    check(
        GATEWAY_URL.matcher(text).matches(),
        "MODELYARD_GATEWAY_URL",
        text,
        "an http or https URL without query, such as https://models.example.org");
    return text.replaceAll("/+$", "");
  }

  private static long cacheBytes(String size) {
    String what = "a size of at least 1Mi, such as 50Gi";
    try {
      BigDecimal bytes = Quantity.getAmountInBytes(Quantity.parse(size));
      check(
          bytes.compareTo(BigDecimal.valueOf(1 << 20)) >= 0
              && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0,
          "MODELYARD_RUNTIME_CACHE_SIZE",
          size,
          what);
      return bytes.longValue();
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(message("MODELYARD_RUNTIME_CACHE_SIZE", size, what), e);
    }
  }

  private static void check(boolean valid, String variable, Object value, String what) {
    if (!valid) {
      throw new IllegalArgumentException(message(variable, value, what));
    }
  }

  private static String message(String variable, Object value, String what) {
    return variable + " is '" + value + "', but must be " + what;
  }
}
