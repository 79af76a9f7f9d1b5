package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.e2e.support.AuditLog;
import dev.modelyard.e2e.support.Children;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.OperatorLog;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is left of a ModelDeployment that is deleted: what Kubernetes' garbage collector leaves. */
@OnCluster
class DeletionTest {
  /** A candidate that takes no CPU and never ends: no node has the label. */
  private static final String NOWHERE = "placement: {nodeSelector: {modelyard.dev/e2e: nowhere}}\n";

  /** The chart's shutdown grace, and the operator's margin. */
  private static final Duration GRACE_PERIOD = Duration.ofSeconds(70);

  @Test
  void childrenOfBothRevisionsGoAsTheDeletionAsks(Space space, Cluster cluster) {
    var log = OperatorLog.fromNow(cluster);
    List<String> models = List.of("background", "foreground", "orphan");
    for (String model : models) {
      space.apply(model, space.digits(1, 2));
    }
    for (String model : models) {
      space.awaitServing(model);
      space.apply(model, space.digits(2, 2) + NOWHERE);
    }
    for (String model : models) {
      space.awaitReason(model, "Scheduled", "Unschedulable", Space.PATIENCE);
      assertThat(new Children(space, model).kinds())
          .containsExactlyInAnyOrder(
              "Deployment", "EndpointSlice", "Pod", "PodDisruptionBudget", "ReplicaSet", "Service");
      assertThat(space.deployments(model)).hasSize(2);
    }
    var orphans = new Children(space, "orphan");
    List<String> before = names(orphans.all());

    space.delete("background", DeletionPropagation.BACKGROUND);
    space.delete("foreground", DeletionPropagation.FOREGROUND);
    space.delete("orphan", DeletionPropagation.ORPHAN);
    new Children(space, "background").awaitGone();
    new Children(space, "foreground").awaitGone();
    Awaitility.await("the ModelDeployments to go")
        .atMost(Space.PATIENCE)
        .until(
            () -> space.modelDeployments().inNamespace(space.name()).list().getItems().isEmpty());
    assertThat(names(orphans.all())).isEqualTo(before);
    assertThat(orphans.owned())
        .hasSize(5)
        .allSatisfy(child -> assertThat(child.getMetadata().getOwnerReferences()).isEmpty());

    // Nobody's objects are not taken over; another resource of the name says so and waits.
    space.apply("orphan", space.digits(1, 2));
    space.awaitReason("orphan", "Ready", "NameConflict", Space.PATIENCE);
    assertThat(names(orphans.all())).isEqualTo(before);
    orphans.owned().forEach(child -> space.client().resource(child).delete());
    space.awaitServing("orphan");
    assertThat(log.trouble(space)).isEmpty();
  }

  @Test
  void namespaceDeletedMidwayThroughRolloutGoes(Space space, Cluster cluster) {
    var log = OperatorLog.fromNow(cluster);
    space.applyDigits("digits", 1);
    space.awaitServing("digits");
    space.apply("digits", slow(cluster, space.digits(2, 2)));
    space.apply("starting", slow(cluster, space.digits(1, 1)));
    space.awaitReason("digits", "ModelLoaded", "ModelDownloading", Space.PATIENCE);

    Optional<AuditLog> audit = AuditLog.fromNow();
    space.client().namespaces().withName(space.name()).delete();
    Awaitility.await("the namespace to go")
        .atMost(Space.PATIENCE)
        .until(() -> space.client().namespaces().withName(space.name()).get() == null);
    assertThat(log.trouble(space)).isEmpty();
    // Each pod and Deployment that goes may be told in a status. What is refused is not repeated.
    audit.ifPresent(
        calls -> {
          List<AuditLog.Call> ours =
              calls.writes().stream().filter(c -> c.namespace().equals(space.name())).toList();
          System.out.printf("%d writes while the namespace went%n", ours.size());
          assertThat(ours).hasSizeLessThan(60);
          assertThat(ours.stream().filter(call -> call.code() == 403)).hasSizeLessThan(20);
        });
  }

  @Test
  void nameThatIsDeletedAndAppliedAtOnceServes(Space space, Cluster cluster) {
    var log = OperatorLog.fromNow(cluster);
    space.apply("digits", space.digits(1, 2));
    space.awaitServing("digits");
    for (DeletionPropagation how :
        List.of(DeletionPropagation.BACKGROUND, DeletionPropagation.FOREGROUND)) {
      String uid = space.get("digits").getMetadata().getUid();
      space.delete("digits", how);
      Awaitility.await("the name to be free")
          .atMost(Space.PATIENCE)
          .until(() -> space.get("digits") == null);
      space.apply("digits", space.digits(1, 2));
      String again = space.awaitServing("digits").getMetadata().getUid();
      assertThat(again).isNotEqualTo(uid);
      var children = new Children(space, "digits");
      List<HasMetadata> pods =
          children.all().stream().filter(child -> child.getKind().equals("Pod")).toList();
      Awaitility.await("the former pods to go")
          .atMost(Space.PATIENCE)
          .until(() -> space.pods("digits").size() == 2);
      assertThat(pods).hasSizeGreaterThanOrEqualTo(2);
      assertThat(children.owned())
          .hasSize(3)
          .allSatisfy(
              child ->
                  assertThat(child.getMetadata().getOwnerReferences())
                      .singleElement()
                      .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(again)));
    }
    assertThat(log.trouble(space)).isEmpty();
  }

  @Test
  void modelDeletedInItsFirstStartGoes(Space space, Cluster cluster) {
    var log = OperatorLog.fromNow(cluster);
    space.apply("made", space.digits(1, 2) + NOWHERE);
    space.delete("made", DeletionPropagation.BACKGROUND);
    space.apply("loading", slow(cluster, space.digits(1, 2)));
    space.awaitReason("loading", "ModelLoaded", "ModelDownloading", Space.PATIENCE);
    space.delete("loading", DeletionPropagation.BACKGROUND);
    new Children(space, "made").awaitGone();
    new Children(space, "loading").awaitGone();
    assertThat(log.trouble(space)).isEmpty();
  }

  /** A signal that comes before the JVM can take it must not be lost. */
  @Test
  void podDeletedAsItStartsDoesNotWaitForItsGracePeriod(Space space) {
    space.apply("digits", space.digits(1, 3));
    Awaitility.await("a process to start")
        .atMost(Space.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> space.pods("digits").stream().anyMatch(DeletionTest::runs));
    space.delete("digits", DeletionPropagation.BACKGROUND);
    long begin = System.nanoTime();
    new Children(space, "digits").awaitGone();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("pods that were starting are gone after %d ms%n", took.toMillis());
    assertThat(took).isLessThan(GRACE_PERIOD.dividedBy(2));
  }

  private static boolean runs(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .anyMatch(container -> container.getState().getRunning() != null);
  }

  /** The web server sends 1000 bytes a second. */
  private static String slow(Cluster cluster, String spec) {
    return spec.replace(cluster.models().uri(""), cluster.models().uri("slow/1000/"));
  }

  private static List<String> names(List<HasMetadata> objects) {
    return objects.stream()
        .map(object -> object.getKind() + " " + object.getMetadata().getName())
        .sorted()
        .toList();
  }
}
