package dev.modelyard.bench.inference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Properties;

/** The facts without which figures mean nothing. */
public record Machine(
    LocalDate date,
    String cpu,
    int cores,
    long memoryGiB,
    String kernel,
    String jvm,
    String versions) {

  public static Machine here(LocalDate date) throws IOException {
    Properties versions = new Properties();
    try (InputStream in = Machine.class.getResourceAsStream("/versions.properties")) {
      versions.load(in);
    }
    return new Machine(
        date,
        field(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        Math.round(
            Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", ""))
                / 1048576.0),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version").replaceAll("-.*", ""),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        "Quarkus %s, DJL %s, ONNX Runtime %s, JMH %s"
            .formatted(
                versions.getProperty("quarkus"),
                versions.getProperty("djl"),
                versions.getProperty("onnxruntime"),
                versions.getProperty("jmh")));
  }

  private static String field(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
