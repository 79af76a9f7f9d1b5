package dev.modelyard.e2e;

import static dev.modelyard.e2e.support.Chronicle.Cause.DEATH;
import static dev.modelyard.e2e.support.Chronicle.Cause.KUBELET;
import static dev.modelyard.e2e.support.Chronicle.Cause.REFUSED;
import static dev.modelyard.e2e.support.Chronicle.Cause.UNSCHEDULED;

import dev.modelyard.e2e.support.Chronicle.Cause;
import dev.modelyard.e2e.support.Models;
import dev.modelyard.e2e.support.Space;
import java.util.List;

/**
 * A spec that the API accepts and that cannot serve.
 *
 * @param cause what the cluster records of it
 * @param reason what the conditions must say, as docs/conditions.md has it
 * @param words what the message must hold
 * @param waits whether it may yet serve without a change: then its rollout goes on
 * @param path of the model on the tests' web server, or a whole URI
 * @param digest of this file; none when null
 * @param rest the spec's other fields, from column 0
 */
record BadSpec(
    String name,
    Cause cause,
    String reason,
    String words,
    boolean waits,
    String path,
    String digest,
    String rest) {
  private static final String GOOD = "digits/1/model.onnx";
  private static final String SMALL =
      "resources: {requests: {cpu: 50m, memory: 256Mi}, limits: {memory: 512Mi}}\n";

  static final List<BadSpec> ALL =
      List.of(
          model("missing file", "SourceNotFound", "404", "absent.onnx", null),
          model("forbidden", "SourceForbidden", "403", "forbidden/" + GOOD, null),
          model("wrong digest", "DigestMismatch", "sha256:", GOOD, "digits/2/model.onnx"),
          model("broken model", "ModelLoadFailed", "broken.onnx", "broken.onnx", null),
          pod(
              "too little memory",
              DEATH,
              "OutOfMemory",
              "its limit of 48Mi",
              "resources: {requests: {cpu: 50m, memory: 48Mi}, limits: {memory: 48Mi}}\n"),
          pod(
              "crash at start",
              DEATH,
              "CrashLooping",
              "exit code 1",
              SMALL + "runtime: {env: [{name: JAVA_TOOL_OPTIONS, value: -XX:+NoSuchOption}]}\n"),
          pod(
              "missing image",
              KUBELET,
              "ImagePullFailed",
              "localhost/modelyard/absent:0",
              SMALL + "runtime: {image: localhost/modelyard/absent:0}\n"),
          pod(
              "missing secret",
              KUBELET,
              "InvalidPod",
              "secret \"absent\" not found",
              SMALL
                  + "runtime: {env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: absent, key: token}}}]}\n"),
          waiting(
              "missing GPU",
              "Insufficient e2e.modelyard.dev/gpu",
              GOOD,
              SMALL + "gpu: {count: 1, resource: e2e.modelyard.dev/gpu}\n"),
          waiting("missing claim", "\"absent\" not found", "pvc://absent/model.onnx", SMALL),
          pod(
              "beyond the quota",
              REFUSED,
              "QuotaExceeded",
              "exceeded quota",
              "resources: {requests: {cpu: 50m, memory: 512Gi}, limits: {memory: 512Gi}}\n"),
          pod(
              "against Pod Security",
              REFUSED,
              "InvalidPod",
              "violates PodSecurity",
              SMALL
                  + "runtime: {annotations: {container.apparmor.security.beta.kubernetes.io/runtime: unconfined}}\n"),
          pod(
              "missing ServiceAccount",
              REFUSED,
              "InvalidPod",
              "serviceaccount \"absent\" not found",
              SMALL + "runtime: {serviceAccountName: absent}\n"));

  /** Bad because of the model's file. */
  private static BadSpec model(
      String name, String reason, String words, String path, String digest) {
    return new BadSpec(name, DEATH, reason, words, false, path, digest, SMALL);
  }

  /** Bad because of what the pod asks for. */
  private static BadSpec pod(String name, Cause cause, String reason, String words, String rest) {
    return new BadSpec(name, cause, reason, words, false, GOOD, GOOD, rest);
  }

  /** Without a place, as long as nobody makes one. */
  private static BadSpec waiting(String name, String words, String path, String rest) {
    return new BadSpec(name, UNSCHEDULED, "Unschedulable", words, true, path, null, rest);
  }

  static BadSpec named(String name) {
    return ALL.stream().filter(bad -> bad.name.equals(name)).findFirst().orElseThrow();
  }

  String spec(Space space) {
    String uri = path.contains("://") ? path : space.uri(path);
    return "model: {uri: \"%s\"%s}\n%s"
        .formatted(uri, digest == null ? "" : ", digest: \"" + Models.digest(digest) + "\"", rest);
  }

  /** The quota that {@code beyond the quota} exceeds, and no other. */
  static void limit(Space space) {
    space.quota("memory", "requests.memory", "256Gi");
  }
}
