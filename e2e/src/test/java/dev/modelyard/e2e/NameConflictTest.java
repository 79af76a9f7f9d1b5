package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Somebody else's objects with the names that a ModelDeployment needs. */
@OnCluster
class NameConflictTest {
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: service, labels: {app: other, modelyard.dev/model-deployment: service}}
      spec: {selector: {app: other}, ports: [{port: 5432}]}
      """;

  private static final String BUDGET =
      """
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: {name: budget-%s}
      spec: {minAvailable: 1, selector: {matchLabels: {app: other}}}
      """;

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: deployment-%s}
      spec:
        replicas: 0
        selector: {matchLabels: {app: other}}
        template:
          metadata: {labels: {app: other}}
          spec: {containers: [{name: other, image: %s}]}
      """;

  @Test
  void foreignObjectsAreLeftAloneAndOnceGoneTheModelServes(Space space) {
    String spec = space.digits(1, 2);
    // A revision is named by its spec alone, so another model of this one tells the name.
    space.apply("budget", space.digits(1, 0));
    String revision =
        space
            .await(
                "budget",
                "to have a revision",
                Space.PATIENCE,
                found -> found.getStatus() != null && found.getStatus().stable() != null)
            .getStatus()
            .stable()
            .revision();
    List<HasMetadata> foreign =
        List.of(
            create(space, SERVICE),
            create(space, BUDGET.formatted(revision)),
            create(space, DEPLOYMENT.formatted(revision, Settings.runtimeImage())));
    for (String model : List.of("service", "budget", "deployment")) {
      space.apply(model, spec);
    }
    for (String model : List.of("service", "deployment")) {
      Condition ready = space.awaitReason(model, "Ready", "NameConflict", Space.PATIENCE);
      assertThat(ready.getStatus()).isEqualTo("False");
    }
    assertThat(space.condition("service", "Ready").orElseThrow().getMessage())
        .contains("A Service service exists that does not belong to this resource");
    assertThat(space.condition("deployment", "Ready").orElseThrow().getMessage())
        .contains("A Deployment deployment-" + revision + " exists");
    // A disruption budget is not needed to serve.
    space.awaitReason("budget", "Progressing", "NameConflict", Space.PATIENCE);
    space.awaitReason("budget", "Ready", "Ready", Space.PATIENCE);

    for (String model : List.of("service", "budget", "deployment")) {
      Awaitility.await("an Event of " + model)
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(events(space, model)).contains("Warning"));
    }
    for (HasMetadata object : foreign) {
      HasMetadata now = space.client().resource(object).get();
      assertThat(Serialization.asJson(now)).isEqualTo(Serialization.asJson(object));
      space.client().resource(object).delete();
    }
    for (String model : List.of("service", "budget", "deployment")) {
      space.awaitServing(model);
      assertThat(
              space
                  .client()
                  .policy()
                  .v1()
                  .podDisruptionBudget()
                  .inNamespace(space.name())
                  .withName(model + "-" + revision)
                  .get())
          .isNotNull();
    }
  }

  /** As it is once its own controller has seen it. */
  private static HasMetadata create(Space space, String yaml) {
    HasMetadata object = (HasMetadata) Serialization.unmarshal(yaml);
    object.getMetadata().setNamespace(space.name());
    space.client().resource(object).create();
    if (object.getKind().equals("Service")) {
      return space.client().resource(object).get();
    }
    return Awaitility.await(object.getKind() + " to be observed")
        .atMost(Space.PATIENCE)
        .until(() -> space.client().resource(object).get(), NameConflictTest::observed);
  }

  private static boolean observed(HasMetadata object) {
    var status = Serialization.jsonMapper().valueToTree(object).path("status");
    return status.path("observedGeneration").asInt() == 1;
  }

  private static List<String> events(Space space, String model) {
    return space.events(model).stream()
        .filter(event -> "NameConflict".equals(event.getReason()))
        .map(Event::getType)
        .toList();
  }
}
