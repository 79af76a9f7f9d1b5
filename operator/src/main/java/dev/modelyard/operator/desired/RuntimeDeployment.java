package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategyBuilder;
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
        .withStrategy(strategy())
        .withNewSelector()
        .withMatchLabels(Labels.selector(name, revision.id()))
        .endSelector()
        .withTemplate(RuntimePod.template(name, revision, defaults))
        .endSpec()
        .build();
  }

  /**
   * A restart by hand starts one pod more before it takes one off, so that a model of one replica
   * goes on answering; where no more fits, the new pod waits and the old one serves. With nothing
   * unavailable the Deployment's condition Available means all replicas.
   */
  public static DeploymentStrategy strategy() {
    return new DeploymentStrategyBuilder()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withNewMaxSurge(1)
        .withNewMaxUnavailable(0)
        .endRollingUpdate()
        .build();
  }
}
