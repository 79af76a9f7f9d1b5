package dev.modelyard.runtime.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The whole configuration of a runtime pod, read from {@code MODELYARD_…} environment variables.
 * The operator renders them; {@code docs/contract/README.md} describes each one.
 */
@ConfigMapping(prefix = "modelyard")
public interface RuntimeConfig {
  Model model();

  Serving serving();

  Gpu gpu();

  Shutdown shutdown();

  Source source();

  /** File for the one line {@code Reason: message} that says why the process failed. */
  @WithDefault("/dev/termination-log")
  Path terminationLog();

  interface Model {
    String name();

    String revision();

    String uri();

    /** {@code sha256:<64 hex digits>}. */
    Optional<String> digest();

    Optional<String> engine();

    @WithDefault("Tensor")
    String task();

    @WithDefault("PT30M")
    Duration loadTimeout();

    @WithDefault("/models")
    Path cache();

    Optional<Path> volume();

    @WithDefault("53687091200")
    long maxBytes();
  }

  interface Serving {
    Batching batching();

    @WithDefault("1000")
    int queueCapacity();

    @WithDefault("PT30S")
    Duration requestTimeout();

    @WithDefault("1")
    int workers();

    /** Intra-op threads of one worker. */
    OptionalInt threads();

    interface Batching {
      @WithDefault("Auto")
      BatchingMode mode();

      @WithDefault("32")
      int maxSize();

      @WithDefault("PT0S")
      Duration maxDelay();
    }
  }

  interface Gpu {
    @WithDefault("0")
    int count();
  }

  interface Shutdown {
    @WithDefault("PT5S")
    Duration delay();

    @WithDefault("PT60S")
    Duration grace();
  }

  interface Source {
    /** CIDRs. */
    Optional<List<String>> allowedAddresses();
  }
}
