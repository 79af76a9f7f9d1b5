package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The status of a Deployment, from its pods. Pure. */
final class DeploymentStatuses {
  private static final String AVAILABLE = "Available";
  private static final String PROGRESSING = "Progressing";

  private DeploymentStatuses() {}

  /** The status that should be, without times, as {@link #comparable} gives the one that is. */
  static Map<String, Object> status(Deployment deployment, List<Pod> current, List<Pod> all) {
    int wanted =
        deployment.getSpec().getReplicas() == null ? 1 : deployment.getSpec().getReplicas();
    int available = (int) all.stream().filter(pod -> isAvailable(deployment, pod)).count();
    int ready = (int) all.stream().filter(PodStatuses::isReady).count();
    boolean complete = current.size() == wanted && available >= wanted && all.size() == wanted;
    List<Map<String, String>> conditions = new ArrayList<>();
    conditions.add(
        available >= wanted
            ? condition(AVAILABLE, "True", "MinimumReplicasAvailable")
            : condition(AVAILABLE, "False", "MinimumReplicasUnavailable"));
    conditions.add(
        condition(PROGRESSING, "True", complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("observedGeneration", deployment.getMetadata().getGeneration());
    status.put("replicas", all.size());
    status.put("updatedReplicas", current.size());
    status.put("readyReplicas", ready);
    status.put("availableReplicas", available);
    status.put("unavailableReplicas", Math.max(0, wanted - available));
    status.put("conditions", conditions);
    return status;
  }

  private static Map<String, String> condition(String type, String status, String reason) {
    return Map.of("type", type, "status", status, "reason", reason);
  }

  private static boolean isAvailable(Deployment deployment, Pod pod) {
    Integer minimum = deployment.getSpec().getMinReadySeconds();
    if (!PodStatuses.isReady(pod)) {
      return false;
    }
    return minimum == null
        || minimum == 0
        || pod.getStatus().getConditions().stream()
            .filter(condition -> "Ready".equals(condition.getType()))
            .map(condition -> Instant.parse(condition.getLastTransitionTime()))
            .anyMatch(since -> since.plus(Duration.ofSeconds(minimum)).isBefore(Instant.now()));
  }

  /** What is written, in the form of {@link #status}. */
  static Map<String, Object> comparable(DeploymentStatus status) {
    if (status == null) {
      return Map.of();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("observedGeneration", status.getObservedGeneration());
    values.put("replicas", zero(status.getReplicas()));
    values.put("updatedReplicas", zero(status.getUpdatedReplicas()));
    values.put("readyReplicas", zero(status.getReadyReplicas()));
    values.put("availableReplicas", zero(status.getAvailableReplicas()));
    values.put("unavailableReplicas", zero(status.getUnavailableReplicas()));
    values.put(
        "conditions",
        status.getConditions().stream()
            .map(c -> condition(c.getType(), c.getStatus(), String.valueOf(c.getReason())))
            .toList());
    return values;
  }

  private static Integer zero(Integer value) {
    return value == null ? 0 : value;
  }

  /** Adds the times: of a change of status now, else the former. */
  static Map<String, Object> timed(Map<String, Object> status, DeploymentStatus former) {
    Map<String, Object> timed = new LinkedHashMap<>(status);
    List<Map<String, String>> conditions = new ArrayList<>();
    for (Object entry : (List<?>) status.get("conditions")) {
      Map<String, String> condition = new LinkedHashMap<>();
      ((Map<?, ?>) entry).forEach((key, value) -> condition.put((String) key, (String) value));
      String now = ContainerReport.now();
      condition.put("lastUpdateTime", now);
      condition.put("lastTransitionTime", formerTransition(condition, former, now));
      conditions.add(condition);
    }
    timed.put("conditions", conditions);
    return timed;
  }

  private static String formerTransition(
      Map<String, String> condition, DeploymentStatus former, String now) {
    return former == null
        ? now
        : former.getConditions().stream()
            .filter(c -> Objects.equals(c.getType(), condition.get("type")))
            .filter(c -> Objects.equals(c.getStatus(), condition.get("status")))
            .map(DeploymentCondition::getLastTransitionTime)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(now);
  }
}
