package dev.modelyard.gateway.dispatch;

import dev.modelyard.gateway.balance.Pod;
import dev.modelyard.gateway.hold.HoldQueue;

/** A request that is held. One of its methods is called, once, on any thread; it must not block. */
public interface Waiter extends HoldQueue.Held {
  /** It is this pod's now, and counted there: {@link LiveModel#end} must follow. */
  void released(Pod pod);

  /** It waits in vain. */
  void givenUp(GiveUp why);

  /** Why a request is not held, or no longer. */
  enum GiveUp {
    /** As many are held as may be. */
    FULL,
    /** No pod will be ready by itself. */
    REFUSED,
    /** It has waited long enough. */
    DEADLINE,
    /** The model was deleted. */
    GONE,
    /** The gateway is told to stop and its time is over. */
    STOPPING
  }
}
