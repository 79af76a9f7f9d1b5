package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One revision never answers by two models. */
@QuarkusTest
@WithKubernetesTestServer
@QuarkusTestResource(RuntimeStubs.class)
class ModelChangedTest extends ReconcilerFixture {
  @Test
  void whatTheFirstPodLoadedIsRecordedForTheOthers() {
    String revision = cluster.serve("digits", FIRST, "127.0.4.1");

    await().until(() -> record("digits", revision) != null);
    ConfigMap record = record("digits", revision);
    assertThat(record.getData()).isEqualTo(Map.of("digest", "sha256:abc"));
    assertThat(record.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getKind()).isEqualTo("Deployment"));
    long writes = calls.writes(cluster.namespace()).size();
    reconcileAgain(cluster.get("digits"));
    assertThat(calls.writes(cluster.namespace())).hasSize((int) writes);
  }

  @Test
  void aPodThatLoadedAnotherModelIsDeleted() {
    String revision = Workloads.revision(cluster.apply("digits", FIRST + "\nreplicas: 2"));
    await().until(() -> cluster.deployment(revision) != null);
    Pod first = start(revision, "127.0.4.11", "sha256:abc");
    await().until(() -> record("digits", revision) != null);
    Pod second = start(revision, "127.0.4.12", "sha256:def");

    await().until(() -> cluster.client().resource(second).get() == null);
    assertThat(cluster.client().resource(first).get()).isNotNull();
  }

  /** The spec says what it must be; the runtime holds to that. */
  @Test
  void nothingIsRecordedWhereTheSpecNamesADigest() {
    String spec =
        "model: {uri: 'https://models.example.org/1.onnx', digest: 'sha256:%s'}"
            .formatted("a".repeat(64));
    String revision = cluster.serve("digits", spec, "127.0.4.21");
    reconcileAgain(cluster.get("digits"));

    assertThat(record("digits", revision)).isNull();
  }

  @Test
  void aConfigMapOfOthersIsLeftAloneAndToldOf() {
    String revision = Workloads.revision(cluster.unapplied("digits", FIRST));
    ConfigMap foreign =
        cluster.foreign(
            new ConfigMapBuilder().addToData("digest", "theirs").build(),
            Names.deployment("digits", revision));
    cluster.apply("digits", FIRST);
    await().until(() -> cluster.deployment(revision) != null);
    start(revision, "127.0.4.31", "sha256:abc");

    await().until(() -> "NameConflict".equals(cluster.reason("digits", "Progressing")));
    assertThat(cluster.condition("digits", "Progressing").getMessage())
        .contains("ConfigMap " + foreign.getMetadata().getName());
    assertThat(cluster.client().resource(foreign).get()).isEqualTo(foreign);
  }

  private Pod start(String revision, String address, String digest) {
    RuntimeStubs.answer(
        address, "{\"state\":\"READY\",\"model\":{\"digest\":\"%s\"}}".formatted(digest));
    Pod pod = cluster.ready(cluster.startPod(revision, address));
    cluster.available(revision);
    return pod;
  }

  private ConfigMap record(String name, String revision) {
    return cluster
        .client()
        .configMaps()
        .inNamespace(cluster.namespace())
        .withName(Names.deployment(name, revision))
        .get();
  }
}
