package dev.modelyard.operator.autoscaling;

import dev.modelyard.operator.asking.StatusClient;
import dev.modelyard.operator.config.OperatorSettings;
import dev.modelyard.operator.config.OperatorSettings.GatewayService;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * How many requests the gateways hold for each model. They are few, and whoever is held waits, so
 * each is asked twice a second.
 */
@Singleton
public class GatewayDemand {
  private static final Logger LOG = Logger.getLogger(GatewayDemand.class);
  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String PORT = "management";
  private static final int MAX_BYTES = 4 << 20;
  private static final long PERIOD_MILLIS = 500;

  /** An older answer tells nothing of now. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final KubernetesClient client;
  private final StatusClient statuses;
  private final Optional<GatewayService> service;
  private final Map<URI, Gateway> gateways = new ConcurrentHashMap<>();
  private volatile SharedIndexInformer<EndpointSlice> slices;
  private volatile Consumer<ResourceID> listener = id -> {};

  /** When any gateway told last; at first when this began. */
  private volatile long toldNanos = System.nanoTime();

  /**
   * @param asked how many gateways there are
   * @param answered how many of them told, lately, what they hold
   * @param held by those that told
   */
  record Demand(int asked, int answered, long held) {}

  /** So long a gateway may be away, as when it is replaced, before models at zero are woken. */
  private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final class Gateway {
    final long sinceNanos = System.nanoTime();
    volatile Map<ResourceID, Integer> held = Map.of();
    volatile boolean told;
    volatile long toldNanos;
    volatile boolean asking;

    boolean fresh(long nowNanos) {
      return told && nowNanos - toldNanos <= FRESH_NANOS;
    }
  }

  GatewayDemand(KubernetesClient client, StatusClient statuses, OperatorSettings settings) {
    this.client = client;
    this.statuses = statuses;
    this.service = settings.gateway();
  }

  /**
   * Begins to ask.
   *
   * @param changed is told each model for which another number is held than before
   */
  void start(ScheduledExecutorService executor, Consumer<ResourceID> changed) {
    if (service.isEmpty()) {
      return;
    }
    listener = changed;
    toldNanos = System.nanoTime();
    // It connects in the background, again and again: no gateway must not mean no operator.
    slices =
        client
            .discovery()
            .v1()
            .endpointSlices()
            .inNamespace(service.get().namespace())
            .withLabel(SERVICE_NAME, service.get().name())
            .runnableInformer(0);
    slices.exceptionHandler((started, failure) -> true);
    slices.start();
    executor.scheduleWithFixedDelay(this::askAll, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void stop() {
    if (slices != null) {
      slices.stop();
    }
  }

  /** Whether a request for a model at zero would be held, and so seen. */
  boolean canWake() {
    return service.isPresent() && System.nanoTime() - toldNanos < AWAY_NANOS;
  }

  Demand demand(ResourceID model) {
    long now = System.nanoTime();
    List<Gateway> fresh = gateways.values().stream().filter(one -> one.fresh(now)).toList();
    // One that is just starting, or has just ended, has not told yet, and is not missing.
    long silent =
        gateways.values().stream()
            .filter(one -> !one.fresh(now) && now - one.sinceNanos > FRESH_NANOS)
            .count();
    return new Demand(
        fresh.size() + (int) silent,
        fresh.size(),
        fresh.stream().mapToLong(one -> one.held.getOrDefault(model, 0)).sum());
  }

  private void askAll() {
    try {
      Set<URI> known = endpoints(slices.getStore().list());
      gateways.keySet().retainAll(known);
      known.forEach(uri -> ask(uri, gateways.computeIfAbsent(uri, any -> new Gateway())));
    } catch (RuntimeException e) {
      LOG.warnf(e, "The gateways are not asked");
    }
  }

  /** Also of gateways that are not ready or are ending: they may hold requests. */
  static Set<URI> endpoints(List<EndpointSlice> slices) {
    return slices.stream()
        .flatMap(
            slice ->
                slice.getPorts().stream()
                    .filter(port -> PORT.equals(port.getName()) && port.getPort() != null)
                    .flatMap(port -> addresses(slice, port.getPort())))
        .collect(Collectors.toSet());
  }

  private static Stream<URI> addresses(EndpointSlice slice, int port) {
    return slice.getEndpoints().stream()
        .flatMap(endpoint -> endpoint.getAddresses().stream())
        .flatMap(address -> StatusClient.uri(address, port).stream());
  }

  private void ask(URI uri, Gateway gateway) {
    if (gateway.asking) {
      return;
    }
    gateway.asking = true;
    statuses
        .ask(uri, GatewayStatus.class, MAX_BYTES)
        .whenComplete(
            (answer, failure) -> {
              gateway.asking = false;
              if (failure != null) {
                LOG.debugf("The gateway %s does not tell its status: %s", uri, failure);
                return;
              }
              told(gateway, answer);
            });
  }

  private void told(Gateway gateway, GatewayStatus answer) {
    Map<ResourceID, Integer> now = new HashMap<>();
    for (GatewayStatus.Model model : answer.models()) {
      now.merge(new ResourceID(model.name(), model.namespace()), model.held(), Integer::sum);
    }
    Map<ResourceID, Integer> before = gateway.held;
    gateway.held = now;
    gateway.toldNanos = System.nanoTime();
    gateway.told = true;
    toldNanos = gateway.toldNanos;
    Set<ResourceID> either = new HashSet<>(before.keySet());
    either.addAll(now.keySet());
    either.stream()
        .filter(id -> !before.getOrDefault(id, 0).equals(now.getOrDefault(id, 0)))
        .forEach(listener);
  }
}
