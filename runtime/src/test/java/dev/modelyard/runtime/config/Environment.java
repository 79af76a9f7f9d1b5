package dev.modelyard.runtime.config;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads environments the way that the process does. */
public final class Environment {
  private Environment() {}

  /** The folder that both sides of the contract read. */
  public static Path contract(String file) {
    return Path.of("..", "docs", "contract", file);
  }

  public static Map<String, String> golden(String file) {
    Map<String, String> environment = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(contract(file))) {
        int equals = line.indexOf('=');
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return environment;
  }

  public static RuntimeConfig config(Map<String, String> environment) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withSources(new EnvConfigSource(environment, 300))
            .withMapping(RuntimeConfig.class)
            .build();
    return config.getConfigMapping(RuntimeConfig.class);
  }
}
