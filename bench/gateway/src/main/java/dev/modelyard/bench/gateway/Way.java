package dev.modelyard.bench.gateway;

import dev.modelyard.bench.inference.ProcStat;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * A way from the client to the pod.
 *
 * @param process the proxy on it; null where there is none
 */
record Way(Kind kind, URI infer, Process process) {

  /** The ways that are compared. */
  enum Kind {
    DIRECT("direct to the pod"),
    GATEWAY("modelyard gateway"),
    NGINX("nginx");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** The proxy's processes; nginx has several. */
  List<Long> pids() {
    return process == null
        ? List.of()
        : Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .map(ProcessHandle::pid)
            .toList();
  }

  /** CPU seconds that the proxy has used. */
  double cpuSeconds() throws IOException {
    double sum = 0;
    for (long pid : pids()) {
      sum += ProcStat.cpuSeconds(pid);
    }
    return sum;
  }
}
