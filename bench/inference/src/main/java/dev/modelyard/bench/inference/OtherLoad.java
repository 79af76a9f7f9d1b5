package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much of the machine's CPU goes to others while something is measured: processes that are not
 * ours, and what the hypervisor takes. Figures measured beside others mean little, so a report says
 * it.
 */
public final class OtherLoad {
  private final List<Long> servers;
  private final double[] machine;
  private final double ours;

  private OtherLoad(List<Long> servers) throws IOException {
    this.servers = servers;
    machine = machine();
    ours = ours();
  }

  /**
   * @param servers processes of ours that run on after the measurement
   */
  public static OtherLoad start(List<Long> servers) throws IOException {
    return new OtherLoad(List.copyOf(servers));
  }

  /** Percent of the CPU of all cores since the start. */
  public double percent() throws IOException {
    double[] now = machine();
    double total = now[0] - machine[0];
    double others = now[1] - machine[1] - (ours() - ours);
    return total <= 0 ? 0 : Math.max(0, others / total * 100);
  }

  private double ours() throws IOException {
    String self = Files.readString(Path.of("/proc/self/stat"));
    double seconds = ProcStat.cpuSeconds(self) + ProcStat.childrenCpuSeconds(self);
    for (long pid : servers) {
      seconds += ProcStat.cpuSeconds(pid);
    }
    return seconds;
  }

  private static double[] machine() throws IOException {
    return ProcStat.machineSeconds(Files.readString(Path.of("/proc/stat")));
  }
}
