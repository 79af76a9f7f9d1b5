package dev.modelyard.operator.reconcile;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.DaemonThreads;
import dev.modelyard.operator.autoscaling.ScaleEvents;
import dev.modelyard.operator.dependent.NamespaceTerminatingException;
import dev.modelyard.operator.status.BatchingEnded;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Tells of conditions whose reason has changed, as Events of the resource. It follows the status: a
 * status that was not written tells nothing. An Event that cannot be written is dropped, it never
 * fails a reconcile.
 */
@Singleton
public class EventRecorder implements ScaleEvents {
  private static final Logger LOG = Logger.getLogger(EventRecorder.class);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int MAX_NOTE = 1024;

  /** What Kubernetes' own autoscaler calls it. */
  private static final String RESCALED = "SuccessfulRescale";

  private static final String BATCHING_ENDED = "BatchingEnded";

  /** Steps on the way; they are in the status. An Event for each would be a write for each. */
  private static final Set<String> SILENT =
      Set.of("Starting", "ModelDownloading", "ModelLoading", "ModelLoaded", "Scaling", "Scheduled");

  private static final Set<String> NORMAL =
      Set.of(
          "Ready",
          "ScaledToZero",
          "RollingOut",
          "RolloutComplete",
          "NotEnoughReplicas",
          "Autoscaling",
          "AtMaxReplicas",
          RESCALED);

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance =
      Optional.ofNullable(System.getenv("HOSTNAME")).orElse("modelyard-operator");
  private final AtomicLong number = new AtomicLong();
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(1000),
          DaemonThreads.named("events"),
          (task, pool) -> LOG.debug("An Event is dropped: too many wait to be written"));

  EventRecorder(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * @param before with the former status
   * @param now with the status that was written
   */
  void statusChanged(ModelDeployment before, ModelDeployment now) {
    Map<String, Condition> former =
        conditions(before).stream()
            .collect(Collectors.toMap(Condition::getType, Function.identity(), (a, b) -> a));
    Set<String> told = new HashSet<>();
    for (Condition condition : conditions(now)) {
      Condition was = former.get(condition.getType());
      // That a new resource is as its spec says (such as asleep) is no news.
      boolean news =
          was == null
              ? !NORMAL.contains(condition.getReason()) || former.size() > 0
              : !was.getReason().equals(condition.getReason());
      if (news && !SILENT.contains(condition.getReason()) && told.add(condition.getReason())) {
        record(
            event(
                now,
                condition.getReason(),
                Optional.ofNullable(condition.getMessage()).orElse("")));
      }
    }
    if (now.getStatus() != null) {
      BatchingEnded.between(before.getStatus(), now.getStatus())
          .forEach(message -> record(event(now, BATCHING_ENDED, message)));
    }
  }

  @Override
  public void scaled(ModelDeployment resource, String change) {
    record(event(resource, RESCALED, change));
  }

  private void record(Event event) {
    executor.execute(() -> write(event));
  }

  private static List<Condition> conditions(ModelDeployment resource) {
    return resource.getStatus() == null || resource.getStatus().conditions() == null
        ? List.of()
        : resource.getStatus().conditions();
  }

  private Event event(ModelDeployment resource, String reason, String message) {
    String name = resource.getMetadata().getName();
    String suffix =
        "." + Long.toHexString(clock.millis()) + Long.toHexString(number.incrementAndGet());
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(resource.getMetadata().getNamespace())
        .withName(name.substring(0, Math.min(name.length(), 253 - suffix.length())) + suffix)
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(clock.instant())))
        .withReportingController("modelyard.dev/operator")
        .withReportingInstance(instance)
        .withAction("Reconcile")
        .withReason(reason)
        .withNote(note(message))
        .withType(NORMAL.contains(reason) ? "Normal" : "Warning")
        .withRegarding(
            new ObjectReferenceBuilder()
                .withApiVersion(resource.getApiVersion())
                .withKind(resource.getKind())
                .withName(name)
                .withNamespace(resource.getMetadata().getNamespace())
                .withUid(resource.getMetadata().getUid())
                .build())
        .build();
  }

  /** The API server counts bytes. */
  static String note(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_NOTE) {
      return message;
    }
    int end = MAX_NOTE;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private void write(Event event) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      if (!NamespaceTerminatingException.says(e)) {
        dropped(event, e);
      }
    } catch (RuntimeException e) {
      dropped(event, e);
    }
  }

  private static void dropped(Event event, RuntimeException e) {
    LOG.warnf("An Event of %s is not written: %s", event.getRegarding().getName(), e.getMessage());
  }

  void stop(@Observes ShutdownEvent event) {
    executor.shutdown();
  }
}
