package dev.modelyard.gateway.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The gateway's settings. Each is an environment variable too: {@code
 * modelyard.gateway.hold.deadline} is {@code MODELYARD_GATEWAY_HOLD_DEADLINE}. Durations are ISO
 * 8601 or such as {@code 5s}, sizes such as {@code 64M}.
 */
@ConfigMapping(prefix = "modelyard")
public interface GatewayConfig {

  /** The namespaces whose models are served, separated by commas. All when absent. */
  Optional<List<String>> namespaces();

  Gateway gateway();

  /** What has nothing to do with the cluster. */
  interface Gateway {
    @WithDefault("0.0.0.0")
    String host();

    /** 0 takes a free one. */
    @WithDefault("8080")
    int port();

    /** Threads that move the traffic. As many as CPUs when absent. */
    Optional<Integer> eventLoops();

    /** Whether the client's own X-Forwarded-… and Forwarded are believed and added to. */
    @WithDefault("false")
    boolean trustForwarded();

    @WithDefault("false")
    boolean accessLog();

    Hold hold();

    Limits limits();

    Upstream upstream();

    Shutdown shutdown();

    Keys keys();
  }

  /** Requests that wait for a pod. */
  interface Hold {
    @WithDefault("120s")
    Duration deadline();

    /** Most requests that wait for one model. */
    @WithDefault("2000")
    int maxPerModel();

    /** Most requests that wait at this gateway. */
    @WithDefault("10000")
    int maxRequests();

    /** Most bytes of bodies that wait at this gateway. */
    @WithDefault("256M")
    MemorySize maxBytes();
  }

  /** What one client, and all together, may use. */
  interface Limits {
    @WithDefault("20000")
    int maxConnections();

    /** Held ones count. */
    @WithDefault("20000")
    int maxRequests();

    @WithDefault("64M")
    MemorySize maxBody();

    /** Bodies up to this size are read whole before they are sent on, and can be sent again. */
    @WithDefault("64K")
    MemorySize maxReplay();

    /** How far into a body the model's name is looked for. */
    @WithDefault("1M")
    MemorySize maxPeek();

    @WithDefault("16K")
    MemorySize maxHeaders();

    @WithDefault("8K")
    MemorySize maxTarget();

    /** A client's connection on which no request is under way is closed after so long. */
    @WithDefault("75s")
    Duration idleTimeout();

    /**
     * Until a client has sent a body that is read whole, and between two parts of one that is not.
     */
    @WithDefault("30s")
    Duration bodyTimeout();
  }

  /** How pods are asked. */
  interface Upstream {
    @WithDefault("2s")
    Duration connectTimeout();

    /** How long a connection to a pod waits for another request: less than the pod keeps it. */
    @WithDefault("60s")
    Duration idleTimeout();

    /** How many pods are asked at the most for one request. */
    @WithDefault("3")
    int attempts();
  }

  /** After SIGTERM. */
  interface Shutdown {
    /** How long new requests are still taken, until every proxy has forgotten this gateway. */
    @WithDefault("5s")
    Duration delay();

    /** From SIGTERM to exit at the latest. */
    @WithDefault("60s")
    Duration grace();
  }

  /** API keys. */
  interface Keys {
    /** File of the keys' hashes. Anyone may ask when absent. */
    Optional<String> file();

    /** How often the file is read again. */
    @WithDefault("5s")
    Duration reload();
  }
}
