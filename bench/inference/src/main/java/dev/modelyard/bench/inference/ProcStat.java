package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux counts for a process; see proc(5). */
final class ProcStat {
  /** {@code sysconf(_SC_CLK_TCK)}: 100 on every Linux that a JVM runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private ProcStat() {}

  /** User and system time of all its threads, in seconds; in steps of 10 ms. */
  static double cpuSeconds(long pid) throws IOException {
    return cpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
  }

  static double cpuSeconds(String stat) {
    // The second field is the name in parentheses, which may itself have spaces and parentheses.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long user = Long.parseLong(fields[11]);
    long system = Long.parseLong(fields[12]);
    return (user + system) / TICKS_PER_SECOND;
  }

  /** Resident memory in MiB. */
  static double residentMiB(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"));
  }
}
