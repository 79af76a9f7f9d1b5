package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.Map;

/** The Deployment of one revision. */
public final class RuntimeDeployment {
  /** Time for a node and the image, before loadTimeout begins to count. */
  private static final Duration START_MARGIN = Duration.ofMinutes(10);

  private RuntimeDeployment() {}

  /** The Deployment as it is made. Afterwards only its replicas change, never its template. */
  public static Deployment desired(
      ModelDeployment owner, Revision revision, int replicas, RuntimeDefaults defaults) {
    String name = owner.getMetadata().getName();
    Duration deadline = RuntimeEnvironment.loadTimeout(revision.template()).plus(START_MARGIN);
    return new DeploymentBuilder()
        .withMetadata(
            Owners.metadata(owner, Names.deployment(name, revision.id()))
                .withLabels(Labels.of(name, revision.id()))
                .addToAnnotations(Labels.TEMPLATE, revision.templateJson())
                .addToAnnotations(replicas == 0 ? Map.of(Labels.MADE_AT_ZERO, "true") : Map.of())
                .build())
        .withNewSpec()
        .withReplicas(replicas)
        .withProgressDeadlineSeconds(RuntimeProbes.seconds(deadline))
        .withRevisionHistoryLimit(0)
        // The template never changes, so nothing is ever recreated. With this strategy the
        // Deployment's condition Available means all replicas; RollingUpdate takes some off.
        .withNewStrategy()
        .withType("Recreate")
        .endStrategy()
        .withNewSelector()
        .withMatchLabels(Labels.selector(name, revision.id()))
        .endSelector()
        .withTemplate(RuntimePod.template(name, revision, defaults))
        .endSpec()
        .build();
  }
}
