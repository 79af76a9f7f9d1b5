package dev.modelyard.operator.reconcile;

import static java.util.stream.Collectors.toMap;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.DaemonThreads;
import dev.modelyard.operator.asking.RuntimeStatusClient;
import dev.modelyard.operator.status.Pods;
import dev.modelyard.operator.status.RuntimeStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What runtime pods say of themselves: asked every second while a pod is not Ready, and once more
 * when it has become Ready. An answer that says something new reconciles its ModelDeployment.
 * Nothing here waits in a reconcile.
 */
@Singleton
public class RuntimeStatusSource extends AbstractEventSource<RuntimeStatus, ModelDeployment>
    implements ResourceEventAware<ModelDeployment> {
  private static final Logger LOG = Logger.getLogger(RuntimeStatusSource.class);
  private static final long PERIOD_MILLIS = 1000;

  private final RuntimeStatusClient client;
  private final ScheduledExecutorService executor;
  private final Map<ResourceID, Map<String, AskedPod>> pods = new ConcurrentHashMap<>();

  RuntimeStatusSource(RuntimeStatusClient client) {
    super(RuntimeStatus.class, "RuntimeStatus");
    this.executor = Executors.newScheduledThreadPool(2, DaemonThreads.named("runtime-status"));
    this.client = client;
  }

  @Override
  public void start() {
    super.start();
    executor.scheduleWithFixedDelay(
        this::askAll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    super.stop();
    executor.shutdownNow();
  }

  /** Asks these pods of a ModelDeployment from now on, and no others of it. */
  void watch(ModelDeployment resource, Map<String, List<Pod>> live) {
    Map<String, AskedPod> known =
        pods.compute(
            ResourceID.fromResource(resource),
            (id, before) -> {
              Map<String, AskedPod> now = new HashMap<>();
              for (Pod pod : live.values().stream().flatMap(List::stream).toList()) {
                client
                    .uri(pod)
                    .ifPresent(
                        uri -> {
                          String uid = pod.getMetadata().getUid();
                          AskedPod former = before == null ? null : before.get(uid);
                          now.put(
                              uid,
                              former != null && former.uri.equals(uri)
                                  ? former
                                  : new AskedPod(uri));
                          now.get(uid).ready(Pods.podReady(pod));
                        });
              }
              return now.isEmpty() ? null : Map.copyOf(now);
            });
    if (known != null && isRunning()) {
      ResourceID id = ResourceID.fromResource(resource);
      known.values().forEach(pod -> executor.execute(() -> ask(id, pod)));
    }
  }

  /** The last answers of the pods of a ModelDeployment, by pod UID. */
  Map<String, RuntimeStatus> answers(ModelDeployment resource) {
    return pods.getOrDefault(ResourceID.fromResource(resource), Map.of()).entrySet().stream()
        .filter(pod -> pod.getValue().answer != null)
        .collect(toMap(Map.Entry::getKey, pod -> pod.getValue().answer));
  }

  @Override
  public Set<RuntimeStatus> getSecondaryResources(ModelDeployment resource) {
    return Set.copyOf(answers(resource).values());
  }

  @Override
  public void onResourceDeleted(ModelDeployment resource) {
    pods.remove(ResourceID.fromResource(resource));
  }

  private void askAll() {
    pods.forEach((id, asked) -> asked.values().forEach(pod -> ask(id, pod)));
  }

  private void ask(ResourceID id, AskedPod pod) {
    if (!isRunning() || !pod.isDue(System.nanoTime()) || !pod.asking.compareAndSet(false, true)) {
      return;
    }
    boolean wasReady = pod.ready;
    client
        .ask(pod.uri)
        .whenComplete(
            (answer, failure) -> {
              boolean news = failure == null ? pod.answered(answer, wasReady) : pod.failed();
              pod.asking.set(false);
              if (failure != null) {
                LOG.debugf("%s does not tell its status: %s", pod.uri, failure.getMessage());
              }
              if (news && isRunning()) {
                getEventHandler().handleEvent(new Event(id));
              }
            });
  }
}
