package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux counts for a process; see proc(5). */
public final class ProcStat {
  /** {@code sysconf(_SC_CLK_TCK)}: 100 on every Linux that a JVM runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private ProcStat() {}

  /** User and system time of all its threads, in seconds; in steps of 10 ms. */
  public static double cpuSeconds(long pid) throws IOException {
    return cpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
  }

  static double cpuSeconds(String stat) {
    return sum(stat, 14, 15);
  }

  /** The same of its children that have ended and were waited for. */
  static double childrenCpuSeconds(String stat) {
    return sum(stat, 16, 17);
  }

  /** Two fields, numbered as proc(5) does. */
  private static double sum(String stat, int first, int second) {
    // The second field is the name in parentheses, which may itself have spaces and parentheses.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[first - 3]) + Long.parseLong(fields[second - 3]))
        / TICKS_PER_SECOND;
  }

  /**
   * @param stat {@code /proc/stat}
   * @return the seconds of all cores since boot: all of them, and those that were not idle
   */
  static double[] machineSeconds(String stat) {
    String[] fields = stat.lines().findFirst().orElseThrow().trim().split(" +");
    // cpu user nice system idle iowait irq softirq steal; guest time is in user already.
    double total = 0;
    for (int i = 1; i <= 8; i++) {
      total += Long.parseLong(fields[i]);
    }
    double idle = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
    return new double[] {total / TICKS_PER_SECOND, (total - idle) / TICKS_PER_SECOND};
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
