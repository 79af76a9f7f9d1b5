package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Streams;
import dev.modelyard.e2e.support.Writes;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What is as it should be is not written again. */
@OnCluster
@Order(2)
class QuietTest {
  private static final Duration QUIET = Duration.ofSeconds(60);
  private static final Path GOLDEN = Settings.ROOT.resolve("operator/src/test/resources/golden");
  private static final Path EXAMPLES = Settings.ROOT.resolve("examples");

  @Test
  void nothingIsWrittenOnceAModelIsReady(Space space) {
    space.apply("digits", space.digits(1, 2));
    space.awaitServing("digits");
    quietFor(QUIET, space);
  }

  /**
   * Whatever a spec says, its children are made and never written again. The namespace admits no
   * pod, so that nothing depends on what becomes of one.
   */
  @Test
  void noInputMakesTheOperatorWriteItsChildrenAgain(Space space) {
    noPods(space);
    Writes all = Writes.fromNow(space);
    Map<String, ModelDeployment> inputs = inputs();
    inputs.forEach((name, input) -> create(space, name, input));
    inputs.keySet().forEach(name -> awaitObserved(space, name));
    quietFor(QUIET, space);

    // Elsewhere versions have told already that nothing changed; that nothing was tried they do
    // not.
    assumeTrue(Settings.auditLog().isPresent(), "in part skipped: MODELYARD_AUDIT_LOG is not set");
    Map<String, Long> children =
        all.lines().stream()
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .filter(
                line ->
                    line.contains(" of apps ")
                        || line.contains(" services ")
                        || line.contains(" of policy "))
            .collect(Collectors.groupingBy(line -> line, TreeMap::new, Collectors.counting()));
    assertThat(children.values()).as(children.toString()).containsOnly(1L);
    assertThat(children.keySet())
        .allMatch(line -> line.startsWith("create ") && line.endsWith(" 201"));
  }

  private static void noPods(Space space) {
    space.quota("no-pods", "pods", "0");
    await("the quota to hold")
        .atMost(Space.PATIENCE)
        .until(
            () ->
                space
                    .client()
                    .resourceQuotas()
                    .inNamespace(space.name())
                    .withName("no-pods")
                    .get()
                    .getStatus()
                    .getHard(),
            hard -> hard != null && hard.containsKey("pods"));
  }

  /** By the name that each gets; a name that is a case of its own is kept. */
  private static Map<String, ModelDeployment> inputs() {
    Map<String, ModelDeployment> inputs = new TreeMap<>();
    for (Path folder : list(GOLDEN)) {
      ModelDeployment input = read(folder.resolve("in.yaml"));
      String own = input.getMetadata().getName();
      inputs.put(own.equals("digits") ? folder.getFileName().toString() : own, input);
    }
    for (Path folder : list(EXAMPLES)) {
      for (Path file : list(folder)) {
        String name = file.getFileName().toString();
        if (name.startsWith("modeldeployment") && name.endsWith(".yaml")) {
          inputs.put(
              folder.getFileName() + "-" + name.substring(0, name.length() - ".yaml".length()),
              read(file));
        }
      }
    }
    return inputs;
  }

  private static ModelDeployment read(Path file) {
    return Serialization.unmarshal(Streams.open(file), ModelDeployment.class);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void create(Space space, String name, ModelDeployment input) {
    input.getMetadata().setName(name);
    input.getMetadata().setNamespace(space.name());
    input.getMetadata().setUid(null);
    space.client().resource(input).create();
  }

  private static void awaitObserved(Space space, String name) {
    space.await(
        name,
        "to be observed",
        Space.PATIENCE,
        found ->
            found.getStatus() != null
                && found.getStatus().conditions() != null
                && found.getStatus().conditions().stream()
                    .anyMatch(
                        condition ->
                            condition.getType().equals("Ready")
                                && !condition.getReason().equals("Starting")));
  }

  /** Nothing is written in the namespace for a minute, which begins within half a minute. */
  private static void quietFor(Duration quiet, Space space) {
    Writes writes = Writes.fromNow(space);
    await("the operator to write nothing for " + quiet)
        .during(quiet)
        .atMost(quiet.plus(Duration.ofSeconds(30)))
        .pollInterval(Duration.ofSeconds(1))
        .until(new Unchanged(writes)::get);
  }

  /** Whether there was no write since the last time it was asked. */
  private static final class Unchanged {
    private final Writes writes;
    private List<String> before = List.of();

    private Unchanged(Writes writes) {
      this.writes = writes;
    }

    private boolean get() {
      List<String> now = writes.lines();
      boolean unchanged = now.equals(before);
      if (!unchanged) {
        System.out.println("written: " + now);
      }
      before = now;
      return unchanged;
    }
  }
}
