package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Which model is served, and what is expected of its files. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Model(
    @Required
        @Size(min = 1, max = 2048)
        @ValidationRule(
            value = "self.matches('^(file:/|pvc://|https?://).+')",
            message =
                "uri must be file:/<path>, pvc://<claim>/<path>, http://<host>/<path> or https://<host>/<path>")
        @ValidationRule(
            value =
                "!self.startsWith('pvc://') || self.matches('^pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+$')",
            message =
                "a pvc uri must be pvc://<claim>/<path>, with a PersistentVolumeClaim of this namespace and a path"
                    + " inside it")
        @ValidationRule(
            value = "!self.matches('^https?://[^/?#]*@')",
            message =
                "uri must hold no user name or password: anyone who may read this resource would see it")
        @ValidationRule(
            value = "!self.matches('[\\\\p{Z}\\\\p{Cc}\"<>\\\\\\\\^`{|}]')",
            message =
                "uri must hold no space, no control character and none of <>{}|^` or a quote or backslash; write a space as %20")
        @ValidationRule(
            value =
                "!self.startsWith('file:') || self.matches('^file:(/[^/].*|//(localhost)?/.+)$')",
            message = "a file uri must have an absolute path: file:/<path>, or file:///<path>")
        @ValidationRule(
            value =
                "!self.matches('^https?://') || self.matches('^https?://([^/?#]*@)?([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?([.][A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*[.]?|[[][0-9A-Fa-f:.]+[]])(:[0-9]{0,5})?([/?#].*)?$')",
            message =
                "an http uri must name a host of letters, digits, '-' and '.': http://<host>/<path> or"
                    + " https://<host>/<path>")
        @ValidationRule(
            value = "!self.matches('^(file|pvc):[^?#]*[?#]')",
            message =
                "a file or pvc uri has neither query nor fragment; write '?' as %3F and '#' as %23")
        @ValidationRule(
            value =
                "!self.matches('^pvc://[^/]*/(.*(/|%2[fF]))?([.]|%2[eE])([.]|%2[eE])((/|%2[fF]).*)?$')",
            message = "the path of a pvc uri must stay inside the claim: it may hold no '..'")
        @JsonPropertyDescription(
            "Where the model's file is: file:/<path> in the runtime's image, pvc://<claim>/<path> in a"
                + " PersistentVolumeClaim of this namespace, or http(s)://. A single model file, or a .zip or .tar.gz"
                + " of a folder that holds one.")
        String uri,
    @ValidationRule(
            value = "self.matches('^sha256:[0-9a-f]{64}$')",
            message =
                "digest must be sha256: and 64 lower-case hex digits, as `sha256sum` prints them")
        @Size(max = 71)
        @JsonPropertyDescription(
            "sha256:<64 hex digits> of the file at uri. It is checked before the engine sees a byte; a file with"
                + " another digest is never served.")
        String digest,
    @JsonPropertyDescription(
            "The DJL engine that computes. Found from the model's files when absent.")
        Engine engine,
    @JsonPropertyDescription(
            "What the model does. Tensor, the default, takes and gives tensors as they are.")
        Task task,
    @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
            message = "loadTimeout must be from 1s to 24h, such as 30m")
        @Size(max = 32)
        @JsonPropertyDescription(
            "From the start of a replica to Ready, download included; a replica that takes longer fails with"
                + " LoadTimeout. 30m when absent.")
        String loadTimeout) {

  /** DJL engines that the runtime images carry. */
  public enum Engine {
    OnnxRuntime
  }

  /** What a model does. */
  public enum Task {
    Tensor
  }
}
