package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Writes;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** An operator that starts among many resources finds all as it should be, and writes nothing. */
@Disruptive
@Order(500)
class QuietRestartTest {
  private static final Duration QUIET = Duration.ofSeconds(60);
  private static final int MODELS = 200;

  @Test
  void nothingIsWrittenWhenTheOperatorStartsAgain(Cluster cluster, Space space) {
    Instant start = Instant.now();
    space.apply("served-0", space.digits(1, 1));
    space.apply("served-1", space.digits(2, 1));
    IntStream.range(2, MODELS)
        .parallel()
        .forEach(i -> space.apply("asleep-" + i, space.digits(1, 0)));
    awaitObserved(space);
    space.awaitServing("served-0");
    space.awaitServing("served-1");
    System.out.printf("%d resources in %s%n", MODELS, Duration.between(start, Instant.now()));

    Set<String> former = names(cluster.operator().pods());
    Writes writes = Writes.fromNow(space);
    cluster.operator().pods().forEach(pod -> cluster.client().resource(pod).delete());
    await("another operator to lead")
        .atMost(Space.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> cluster.operator().leader(),
            leader -> !leader.isEmpty() && !former.contains(leader));
    Instant leads = Instant.now();
    await("60 s of the new leader")
        .atMost(QUIET.plus(Space.PATIENCE))
        .until(
            () ->
                !writes.lines().isEmpty()
                    || Duration.between(leads, Instant.now()).compareTo(QUIET) > 0);
    assertThat(writes.lines()).isEmpty();
    assertThat(cluster.operator().leader()).isNotIn(former);
  }

  private static Set<String> names(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
  }

  private static void awaitObserved(Space space) {
    await("all of them to be observed")
        .atMost(Space.PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () ->
                space.modelDeployments().inNamespace(space.name()).list().getItems().stream()
                        .filter(model -> model.getStatus() != null)
                        .filter(
                            model ->
                                model
                                    .getMetadata()
                                    .getGeneration()
                                    .equals(model.getStatus().observedGeneration()))
                        .count()
                    == MODELS);
  }
}
