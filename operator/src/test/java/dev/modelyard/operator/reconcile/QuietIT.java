package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Names;
import dev.modelyard.operator.testing.Golden;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is as it should be is not written, whatever the API server defaults, normalises or drops;
 * also by an operator that has just started. The audit log has every request.
 */
class QuietIT extends PackagedOperatorTest {
  private static final int ASLEEP = 200;
  private static final String SPEC = "model: {uri: 'https://models.example.org/1.onnx'}";

  private static final String TOUCHED = "{\"metadata\":{\"labels\":{\"touched\":\"yes\"}}}";

  private final Workloads cluster = cluster("many");

  @Test
  void nothingIsWrittenTwice() throws IOException {
    InstalledOperator installed = InstalledOperator.clusterWide(server, "quiet");
    AuditLog audit = installed.auditLog();
    int all;
    try (OperatorProcess operator = installed.start(settings)) {
      all = makeAll();
      await().until(this::allReported);
      await().until(() -> cluster.event("Ready") != null && operator.isIdle());

      assertEachIsWrittenOnce(audit);
      Map<String, List<String>> before = writes(audit);

      long reconciles = operator.reconciles();
      int touched = touch();
      await().until(() -> operator.reconciles() >= reconciles + touched && operator.isIdle());
      assertThat(writes(audit)).isEqualTo(before);
    }
    List<ApiCall> written = audit.writes(cluster.namespace());

    try (OperatorProcess restarted = installed.start(settings)) {
      await().until(() -> restarted.reconciles() >= all && restarted.isIdle());
    }

    assertThat(audit.writes(cluster.namespace())).isEqualTo(written);
    assertThat(audit.forbidden()).isEmpty();
  }

  /** One that serves, all examples and golden cases, and many that sleep. Returns how many. */
  private int makeAll() throws IOException {
    cluster.serve("serves", SPEC, "127.0.3.1");
    List<Path> files = new ArrayList<>();
    for (Path folder : Golden.cases("golden")) {
      files.add(folder.resolve(Golden.INPUT));
    }
    try (Stream<Path> examples = Files.walk(Path.of("../examples"), 2)) {
      examples.filter(f -> f.toString().matches(".*/modeldeployment.*\\.yaml")).forEach(files::add);
    }
    for (int i = 0; i < files.size(); i++) {
      ModelDeployment resource =
          Golden.YAML.readValue(files.get(i).toFile(), ModelDeployment.class);
      resource.setMetadata(
          meta(resource.getMetadata().getName() + "-" + i, resource.getMetadata()));
      cluster.client().resource(resource).create();
    }
    for (int i = 0; i < ASLEEP; i++) {
      cluster.client().resource(cluster.unapplied("asleep-" + i, SPEC + "\nreplicas: 0")).create();
    }
    return 1 + files.size() + ASLEEP;
  }

  private ObjectMeta meta(String name, ObjectMeta of) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(cluster.namespace())
        .withLabels(of.getLabels())
        .withAnnotations(of.getAnnotations())
        .build();
  }

  private boolean allReported() {
    return cluster
        .client()
        .resources(ModelDeployment.class)
        .inNamespace(cluster.namespace())
        .list()
        .getItems()
        .stream()
        .allMatch(
            resource ->
                resource.getStatus() != null
                    && resource
                        .getMetadata()
                        .getGeneration()
                        .equals(resource.getStatus().observedGeneration()));
  }

  /**
   * A change that matters to no one, but is looked at. Of those that sleep a few tell for all.
   * Returns of how many.
   */
  private int touch() {
    List<Deployment> deployments =
        cluster.deployments().stream()
            .filter(d -> !d.getMetadata().getName().matches("asleep-\\d\\d.*"))
            .toList();
    for (Deployment deployment : deployments) {
      cluster.client().resource(deployment).patch(PatchContext.of(PatchType.JSON_MERGE), TOUCHED);
    }
    return deployments.size();
  }

  private void assertEachIsWrittenOnce(AuditLog audit) {
    Map<String, List<String>> writes = writes(audit);
    for (int i = 0; i < ASLEEP; i++) {
      String name = "asleep-" + i;
      String deployment = Names.deployment(name, Workloads.revision(cluster.unapplied(name, SPEC)));
      assertThat(writes.get(deployment)).containsExactly("apps/deployments create");
      assertThat(writes.get(name))
          .containsExactly("/services create", "modelyard.dev/modeldeployments/status patch");
    }
  }

  /** By the name of what is written. Events, which may be written later, are left out. */
  private Map<String, List<String>> writes(AuditLog audit) {
    return audit.writes(cluster.namespace()).stream()
        .filter(call -> !call.resource().equals("events"))
        .collect(
            Collectors.groupingBy(
                call -> call.name() == null ? "" : call.name(),
                Collectors.mapping(ApiCall::rule, Collectors.toList())));
  }
}
