package dev.modelyard.gateway.config;

import io.quarkus.runtime.configuration.MemorySize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings, checked: what is wrong with one is said at start, with the variable to correct.
 *
 * @param namespaces whose models are served; empty for all
 */
public record GatewaySettings(
    Set<String> namespaces,
    Listen listen,
    boolean trustForwarded,
    boolean accessLog,
    Hold hold,
    Limits limits,
    Upstream upstream,
    Shutdown shutdown,
    Optional<Path> keysFile,
    Duration keysReload) {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Duration DAY = Duration.ofDays(1);

  /**
   * @param port 0 takes a free one
   */
  public record Listen(String host, int port, int eventLoops) {}

  public record Hold(Duration deadline, int maxPerModel, int maxRequests, long maxBytes) {}

  /** Sizes in bytes. */
  public record Limits(
      int maxConnections,
      int maxRequests,
      long maxBody,
      int maxReplay,
      int maxPeek,
      int maxHeaders,
      int maxTarget,
      Duration idleTimeout,
      Duration bodyTimeout) {}

  public record Upstream(Duration connectTimeout, Duration idleTimeout, int attempts) {}

  public record Shutdown(Duration delay, Duration grace) {}

  /**
   * @throws IllegalArgumentException where a setting is wrong
   */
  public static GatewaySettings of(GatewayConfig config) {
    List<String> namespaces = config.namespaces().orElse(List.of());
    for (String namespace : namespaces) {
      check(
          NAMESPACE.matcher(namespace).matches(),
          "MODELYARD_NAMESPACES",
          namespace,
          "names of namespaces separated by commas, or nothing for all");
    }
    GatewayConfig.Gateway gateway = config.gateway();
    return new GatewaySettings(
        Set.copyOf(namespaces),
        new Listen(
            gateway.host(),
            (int) within("PORT", gateway.port(), 0, 65535),
            (int)
                within(
                    "EVENT_LOOPS",
                    gateway.eventLoops().orElse(Runtime.getRuntime().availableProcessors()),
                    1,
                    256)),
        gateway.trustForwarded(),
        gateway.accessLog(),
        hold(gateway.hold()),
        limits(gateway.limits()),
        upstream(gateway.upstream()),
        shutdown(gateway.shutdown()),
        gateway.keys().file().map(Path::of),
        within("KEYS_RELOAD", gateway.keys().reload(), Duration.ofMillis(100), DAY));
  }

  private static Hold hold(GatewayConfig.Hold hold) {
    return new Hold(
        within("HOLD_DEADLINE", hold.deadline(), Duration.ofMillis(100), Duration.ofHours(1)),
        (int) within("HOLD_MAX_PER_MODEL", hold.maxPerModel(), 0, 1_000_000),
        (int) within("HOLD_MAX_REQUESTS", hold.maxRequests(), 0, 1_000_000),
        size("HOLD_MAX_BYTES", hold.maxBytes(), 0, Long.MAX_VALUE));
  }

  private static Limits limits(GatewayConfig.Limits limits) {
    long body = size("LIMITS_MAX_BODY", limits.maxBody(), 1, Long.MAX_VALUE);
    return new Limits(
        (int) within("LIMITS_MAX_CONNECTIONS", limits.maxConnections(), 1, 1_000_000),
        (int) within("LIMITS_MAX_REQUESTS", limits.maxRequests(), 1, 1_000_000),
        body,
        (int) size("LIMITS_MAX_REPLAY", limits.maxReplay(), 0, 1 << 24),
        (int) size("LIMITS_MAX_PEEK", limits.maxPeek(), 64, 1 << 26),
        (int) size("LIMITS_MAX_HEADERS", limits.maxHeaders(), 1024, 1 << 20),
        (int) size("LIMITS_MAX_TARGET", limits.maxTarget(), 256, 1 << 20),
        within("LIMITS_IDLE_TIMEOUT", limits.idleTimeout(), Duration.ofSeconds(1), DAY),
        within("LIMITS_BODY_TIMEOUT", limits.bodyTimeout(), Duration.ofSeconds(1), DAY));
  }

  private static Upstream upstream(GatewayConfig.Upstream upstream) {
    return new Upstream(
        within(
            "UPSTREAM_CONNECT_TIMEOUT",
            upstream.connectTimeout(),
            Duration.ofMillis(10),
            Duration.ofMinutes(1)),
        // The runtime keeps a connection for 61 minutes.
        within(
            "UPSTREAM_IDLE_TIMEOUT",
            upstream.idleTimeout(),
            Duration.ofSeconds(1),
            Duration.ofHours(1)),
        (int) within("UPSTREAM_ATTEMPTS", upstream.attempts(), 1, 10));
  }

  private static Shutdown shutdown(GatewayConfig.Shutdown shutdown) {
    Duration delay = within("SHUTDOWN_DELAY", shutdown.delay(), Duration.ZERO, Duration.ofHours(1));
    Duration grace = shutdown.grace();
    check(
        grace.compareTo(delay) > 0 && grace.compareTo(Duration.ofHours(2)) <= 0,
        variable("SHUTDOWN_GRACE"),
        grace,
        "a duration above the shutdown delay, at most 2h");
    return new Shutdown(delay, grace);
  }

  private static long size(String name, MemorySize size, long least, long most) {
    return within(name, size.asLongValue(), least, most);
  }

  private static long within(String name, long value, long least, long most) {
    check(
        value >= least && value <= most,
        variable(name),
        value,
        most == Long.MAX_VALUE
            ? "at least " + least
            : "a whole number from " + least + " to " + most);
    return value;
  }

  private static Duration within(String name, Duration value, Duration least, Duration most) {
    check(
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        variable(name),
        value,
        "a duration from " + least + " to " + most + ", such as 30s");
    return value;
  }

  private static String variable(String name) {
    return "MODELYARD_GATEWAY_" + name;
  }

  private static void check(boolean valid, String variable, Object value, String what) {
    if (!valid) {
      throw new IllegalArgumentException(variable + " is '" + value + "', but must be " + what);
    }
  }
}
