package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The request of {@code examples/digits} in the pods that ask, and its answer. */
final class DigitsRequest {
  /** Where a pod finds it. */
  static final String FILE = "/request/request.json";

  /** A 7, says each revision. */
  static final String ANSWER = "\"name\":\"label\"[^}]*\"data\":\\[7\\]";

  private static final String NAME = "request";

  private DigitsRequest() {}

  static String json() {
    return new String(
        Streams.bytes(Settings.ROOT.resolve("examples/digits/request.json")),
        StandardCharsets.UTF_8);
  }

  /** Gives a pod of the namespace the file. */
  static JavaPod given(JavaPod pod, Space space) {
    space
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(space.name())
                .withName(NAME)
                .endMetadata()
                .withData(Map.of("request.json", json()))
                .build())
        .forceConflicts()
        .serverSideApply();
    return pod.mount(NAME, "/request");
  }
}
