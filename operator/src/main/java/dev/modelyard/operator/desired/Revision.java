package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;

/**
 * One immutable version of what a pod needs.
 *
 * @param id 10-character hash of the template
 * @param template the spec without {@code replicas} and {@code autoscaling}
 */
public record Revision(String id, ModelDeploymentSpec template) {
  /**
   * The revision that a spec asks for. Equal specs, replicas and autoscaling aside, give equal ids.
   */
  public static Revision of(ModelDeploymentSpec spec) {
    ModelDeploymentSpec template =
        new ModelDeploymentSpec(
            spec.model(),
            spec.serving(),
            spec.gpu(),
            spec.resources(),
            spec.placement(),
            spec.runtime(),
            null,
            null);
    return new Revision(SafeHash.of(CanonicalJson.write(template)), template);
  }

  /**
   * The revision whose template is the value of the annotation {@link Labels#TEMPLATE}.
   *
   * @throws IllegalArgumentException where the text is no template
   */
  public static Revision ofTemplateJson(String json) {
    return of(CanonicalJson.read(json, ModelDeploymentSpec.class));
  }

  /** The template as canonical JSON: what the id is the hash of. */
  public String templateJson() {
    return CanonicalJson.write(template);
  }
}
