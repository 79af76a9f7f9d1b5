package dev.modelyard.operator.desired;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;

/**
 * What the first replica of a revision loaded, where the spec names no digest: the other replicas
 * must load the same, or one name would answer by two models.
 */
public final class PinnedDigest {
  private static final String KEY = "digest";

  private PinnedDigest() {}

  /** Whether the pods of this Deployment read the record; those of an older operator do not. */
  public static boolean isReadBy(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec().getContainers().stream()
        .filter(container -> RuntimePod.CONTAINER.equals(container.getName()))
        .flatMap(container -> container.getEnv().stream())
        .anyMatch(variable -> RuntimeEnvironment.PINNED_DIGEST.equals(variable.getName()));
  }

  /** The record of a revision. It goes with its Deployment, and no hand changes it by mistake. */
  public static ConfigMap desired(Deployment deployment, String digest) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(deployment.getMetadata().getName())
        .withNamespace(deployment.getMetadata().getNamespace())
        .withLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion("apps/v1")
                .withKind("Deployment")
                .withName(deployment.getMetadata().getName())
                .withUid(deployment.getMetadata().getUid())
                .withController(true)
                .build())
        .endMetadata()
        .withImmutable(true)
        .withData(Map.of(KEY, digest))
        .build();
  }

  /** The digest in a record; null where there is none. */
  public static String in(ConfigMap found) {
    return found.getData() == null ? null : found.getData().get(KEY);
  }

  static EnvVar variable(String name, Revision revision) {
    return new EnvVarBuilder()
        .withName(RuntimeEnvironment.PINNED_DIGEST)
        .withNewValueFrom()
        .withNewConfigMapKeyRef()
        .withName(Names.deployment(name, revision.id()))
        .withKey(KEY)
        .withOptional(true)
        .endConfigMapKeyRef()
        .endValueFrom()
        .build();
  }
}
