package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcStatTest {
  private static final String STAT =
      "4242 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 30 20 20 0 12 0 100 200 300";

  @Test
  void cpuIsUserAndSystemTimeAfterANameWithParentheses() {
    assertThat(ProcStat.cpuSeconds(STAT)).isEqualTo(3.0);
    assertThat(ProcStat.childrenCpuSeconds(STAT)).isEqualTo(0.5);
  }

  @Test
  void theMachinesTimeIsThatOfTheFirstLineWithoutGuests() {
    double[] seconds =
        ProcStat.machineSeconds(
            "cpu  100 200 300 1000 400 10 20 70 999 999\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    assertThat(seconds).containsExactly(21.0, 7.0);
  }

  @Test
  void thisProcessHasCpuTimeAndMemory() throws Exception {
    long pid = ProcessHandle.current().pid();
    assertThat(ProcStat.cpuSeconds(pid)).isPositive();
    assertThat(ProcStat.residentMiB(pid)).isGreaterThan(10);
  }
}
