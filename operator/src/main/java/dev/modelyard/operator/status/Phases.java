package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Phase;

/** One word for people. */
final class Phases {
  private Phases() {}

  static Phase of(Situation situation) {
    if (situation.idle()) {
      return Phase.ScaledToZero;
    }
    if (situation.problem().isPresent()) {
      return situation.ready() > 0 ? Phase.Degraded : ofNothingReady(situation);
    }
    if (situation.candidate().isPresent()) {
      RevisionView candidate = situation.candidate().get();
      if (candidate.failed()) {
        boolean hopeless = situation.ready() == 0 && situation.stable().failed();
        return hopeless ? Phase.Failed : Phase.Degraded;
      }
      return situation.serves() || situation.grows() ? Phase.RollingOut : Phase.Degraded;
    }
    if (situation.serves() || situation.grows()) {
      return Phase.Ready;
    }
    return situation.ready() > 0 && !situation.enough()
        ? Phase.Degraded
        : ofNothingReady(situation);
  }

  private static Phase ofNothingReady(Situation situation) {
    return switch (situation.cause().kind()) {
      case FAILED -> Phase.Failed;
      case BLOCKED, WAITING -> situation.stable().loading() ? Phase.Loading : Phase.Pending;
      case CREATING -> Phase.Pending;
      case LOADING -> Phase.Loading;
    };
  }
}
