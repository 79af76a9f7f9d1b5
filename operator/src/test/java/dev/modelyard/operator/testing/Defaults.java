package dev.modelyard.operator.testing;

import dev.modelyard.operator.desired.RuntimeDefaults;
import java.time.Duration;
import java.util.List;

/** The operator's settings in tests: those of docs/contract. */
public final class Defaults {
  private Defaults() {}

  public static RuntimeDefaults with(String... allowedAddresses) {
    return new RuntimeDefaults(
        "registry.example.org/modelyard/runtime-cpu:0.1.0",
        "registry.example.org/modelyard/runtime-cuda:0.1.0",
        50L << 30,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        List.of(allowedAddresses));
  }
}
