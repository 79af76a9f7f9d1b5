package dev.modelyard.operator.reconcile;

import dev.modelyard.testing.OnRealApiServer;
import dev.modelyard.testing.RealApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What tests of the packaged operator on a real API server share. */
@OnRealApiServer
abstract class PackagedOperatorTest {
  private static final RuntimeStubs RUNTIMES = new RuntimeStubs();
  static RealApiServer server;

  /** The operator's settings with which it finds the {@link RuntimeStubs}. */
  static Map<String, String> settings;

  @BeforeAll
  static void start() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    Awaitility.setDefaultPollInterval(Duration.ofMillis(50));
    server = RealApiServer.get();
    server.install(Path.of("../crds/modeldeployments.modelyard.dev-v1.yml"));
    settings =
        RUNTIMES.start().entrySet().stream()
            .collect(Collectors.toMap(e -> variable(e.getKey()), Map.Entry::getValue));
  }

  private static String variable(String property) {
    return property.toUpperCase().replaceAll("[.-]", "_");
  }

  @AfterAll
  static void stop() {
    RUNTIMES.stop();
    Awaitility.reset();
  }

  /** In a new namespace, whose pods must be as Pod Security's restricted asks for. */
  static Workloads cluster(String namespace) {
    return new Workloads(
        server.client(),
        server.namespace(namespace, Map.of("pod-security.kubernetes.io/enforce", "restricted")));
  }
}
