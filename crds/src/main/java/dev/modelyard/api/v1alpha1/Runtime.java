package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import java.util.List;
import java.util.Map;

/** The runtime server: its image and what is added to its pods. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Runtime(
    @Size(min = 1, max = 512)
        @JsonPropertyDescription(
            "Image of the runtime. When absent, the one the operator is set to for CPU or GPU at the time the"
                + " revision is made.")
        String image,
    @JsonPropertyDescription("When the image is pulled. Kubernetes' own default when absent.")
        ImagePullPolicy imagePullPolicy,
    @Size(max = 16) @JsonPropertyDescription("Secrets of this namespace to pull the image with.")
        List<LocalObjectReference> imagePullSecrets,
    @JsonPropertyDescription(
            "ServiceAccount of the pods. Its token is not mounted. The namespace's default when absent.")
        String serviceAccountName,
    @Size(max = 64)
        @ValidationRule(
            value = "self.all(e, !e.name.startsWith('MODELYARD_'))",
            message =
                "names that start with MODELYARD_ are the operator's: set the spec's fields instead")
        @JsonPropertyDescription("Environment variables added to the container.")
        List<EnvVar> env,
    @Size(max = 64)
        @ValidationRule(
            value =
                "self.all(k, !k.startsWith('modelyard.dev/') && !k.startsWith('app.kubernetes.io/'))",
            message =
                "labels modelyard.dev/… and app.kubernetes.io/… are the operator's: use another prefix")
        @JsonPropertyDescription("Labels added to the pods.")
        Map<String, String> labels,
    @Size(max = 64)
        @ValidationRule(
            value = "self.all(k, !k.startsWith('modelyard.dev/'))",
            message = "annotations modelyard.dev/… are the operator's: use another prefix")
        @JsonPropertyDescription("Annotations added to the pods.")
        Map<String, String> annotations) {

  /** When the image is pulled. */
  public enum ImagePullPolicy {
    Always,
    IfNotPresent,
    Never
  }
}
