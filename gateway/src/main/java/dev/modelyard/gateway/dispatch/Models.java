package dev.modelyard.gateway.dispatch;

import dev.modelyard.gateway.dispatch.Waiter.GiveUp;
import dev.modelyard.gateway.hold.HoldBudget;
import dev.modelyard.gateway.metrics.ModelMetrics;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.ModelRoute;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** All models that this gateway knows. Whoever watches the cluster writes, the traffic reads. */
public final class Models {
  private final Map<ModelKey, LiveModel> models = new ConcurrentHashMap<>();
  private final int maxHeldPerModel;
  private final HoldBudget budget;
  private final Function<LiveModel, ModelMetrics> metrics;
  private final LongSupplier nanoTime;
  private volatile boolean complete;

  public Models(
      int maxHeldPerModel,
      HoldBudget budget,
      Function<LiveModel, ModelMetrics> metrics,
      LongSupplier nanoTime) {
    this.maxHeldPerModel = maxHeldPerModel;
    this.budget = budget;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /** From now on a model that is not known does not exist. */
  public void complete() {
    complete = true;
  }

  /** Whether a model that is not known does not exist. */
  public boolean isComplete() {
    return complete;
  }

  /** Null where there is no such model. */
  public LiveModel find(ModelKey key) {
    return models.get(key);
  }

  /** One thread at a time may update or remove one model. */
  public void update(ModelRoute route) {
    models
        .computeIfAbsent(
            route.key(), key -> new LiveModel(route, maxHeldPerModel, budget, metrics, nanoTime))
        .update(route);
  }

  public void remove(ModelKey key) {
    LiveModel model = models.remove(key);
    if (model != null) {
      model.remove();
    }
  }

  /** To be called several times a second. */
  public void tick() {
    models.values().forEach(LiveModel::tick);
  }

  /** Nobody waits any longer. */
  public void giveUpAll() {
    models.values().forEach(model -> model.giveUp(GiveUp.STOPPING));
  }

  /** How many requests of a model wait. */
  public record Held(ModelKey model, int requests) {}

  /** The models that requests wait for now, by name. */
  public List<Held> held() {
    return models.entrySet().stream()
        .map(entry -> new Held(entry.getKey(), entry.getValue().held()))
        .filter(held -> held.requests() > 0)
        .sorted(Comparator.comparing(held -> held.model().toString()))
        .toList();
  }
}
