package dev.modelyard.operator.rollout;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the next step looks like.
 *
 * @param serving the revision that the Service selects
 * @param candidate the revision that is being rolled out
 * @param replicas wanted replicas of each revision that lives on; one that is not there yet is made
 * @param delete revisions whose Deployments go
 */
public record RolloutPlan(
    String serving,
    Optional<String> candidate,
    Map<String, Integer> replicas,
    Set<String> delete) {}
