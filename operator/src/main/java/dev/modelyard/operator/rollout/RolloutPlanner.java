package dev.modelyard.operator.rollout;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides, from where the cluster stands, the next step of a rollout.
 *
 * <p>Strategy surge: the candidate gets all its replicas beside the revision that serves; once as
 * many are ready as are wanted, the Service selects it; when the Service does, the former one goes.
 * Each step is planned from what is there alone, so that a killed operator continues where the
 * cluster stands.
 */
public final class RolloutPlanner {
  private RolloutPlanner() {}

  /**
   * @param wanted the revision that the spec asks for
   * @param replicas how many replicas the spec asks for
   * @param serving the revision that the Service selects now
   * @param live the revisions that have a Deployment
   */
  public static RolloutPlan plan(
      String wanted, int replicas, Optional<String> serving, List<RevisionObservation> live) {
    Optional<RevisionObservation> selected = serving.flatMap(revision -> find(revision, live));
    // Where someone deleted the Service or a Deployment, whoever answers is worth keeping.
    RevisionObservation stable =
        selected
            .or(() -> mostReady(wanted, live))
            .orElse(new RevisionObservation(wanted, 0, 0, false));

    if (stable.revision().equals(wanted)) {
      // Others go when the Service is seen to select the wanted one; until then they may serve.
      return selected.isPresent()
          ? only(wanted, replicas, live)
          : keep(wanted, other(wanted, live), replicas, live);
    }
    boolean asleep = stable.wanted() == 0 && stable.ready() == 0;
    if (asleep || !stable.everReady()) {
      // It serves no one, and may hold what the wanted one needs to start, such as the only GPU.
      return only(wanted, replicas, live);
    }
    int ready = find(wanted, live).map(RevisionObservation::ready).orElse(0);
    return ready >= replicas
        ? keep(wanted, Optional.of(stable), replicas, live)
        : rollOut(stable, wanted, replicas, live);
  }

  private static RolloutPlan only(String wanted, int replicas, List<RevisionObservation> live) {
    return plan(wanted, Optional.empty(), Map.of(wanted, replicas), live);
  }

  /** The Service selects the wanted revision; the former one stays until that is seen. */
  private static RolloutPlan keep(
      String wanted,
      Optional<RevisionObservation> former,
      int replicas,
      List<RevisionObservation> live) {
    Map<String, Integer> alive = new TreeMap<>(Map.of(wanted, replicas));
    former.ifPresent(revision -> alive.put(revision.revision(), replicas));
    return plan(wanted, Optional.empty(), alive, live);
  }

  private static RolloutPlan rollOut(
      RevisionObservation stable, String wanted, int replicas, List<RevisionObservation> live) {
    return plan(
        stable.revision(),
        Optional.of(wanted),
        Map.of(stable.revision(), replicas, wanted, replicas),
        live);
  }

  private static RolloutPlan plan(
      String serving,
      Optional<String> candidate,
      Map<String, Integer> alive,
      List<RevisionObservation> live) {
    Set<String> delete = new TreeSet<>();
    live.forEach(revision -> delete.add(revision.revision()));
    delete.removeAll(alive.keySet());
    return new RolloutPlan(serving, candidate, new TreeMap<>(alive), delete);
  }

  private static Optional<RevisionObservation> find(
      String revision, List<RevisionObservation> live) {
    return live.stream().filter(one -> one.revision().equals(revision)).findFirst();
  }

  /** Of those that answer the one with most pods, the wanted one first among equals. */
  private static Optional<RevisionObservation> mostReady(
      String wanted, List<RevisionObservation> live) {
    return live.stream()
        .filter(one -> one.ready() > 0)
        .max(
            Comparator.comparingInt(RevisionObservation::ready)
                .thenComparing(one -> one.revision().equals(wanted))
                .thenComparing(RevisionObservation::revision));
  }

  private static Optional<RevisionObservation> other(
      String wanted, List<RevisionObservation> live) {
    return mostReady(wanted, live.stream().filter(one -> !one.revision().equals(wanted)).toList());
  }
}
