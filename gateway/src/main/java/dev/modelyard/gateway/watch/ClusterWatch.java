package dev.modelyard.gateway.watch;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.routing.ModelRoutes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Watches ModelDeployments and their EndpointSlices, and keeps the models' routes. Where the API
 * server does not answer, the routes stay as they are; a pod that has gone meanwhile fails to
 * connect, and is left out.
 */
public final class ClusterWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ClusterWatch.class);

  private final KubernetesClient client;
  private final Set<String> namespaces;
  private final RouteBook book;
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private List<String> lastCutOff = List.of();
  private boolean told;

  /**
   * @param namespaces that are watched; empty for all
   */
  public ClusterWatch(KubernetesClient client, Set<String> namespaces, Models models) {
    this.client = client;
    this.namespaces = namespaces;
    this.book = new RouteBook(models);
  }

  /** Begins; returns at once, and tries again without end where the API server does not answer. */
  public synchronized void start() {
    if (namespaces.isEmpty()) {
      watch(
          client.resources(ModelDeployment.class).inAnyNamespace(),
          client.discovery().v1().endpointSlices().inAnyNamespace());
    }
    for (String namespace : namespaces) {
      watch(
          client.resources(ModelDeployment.class).inNamespace(namespace),
          client.discovery().v1().endpointSlices().inNamespace(namespace));
    }
  }

  private void watch(
      FilterWatchListDeletable<ModelDeployment, ?, ?> models,
      FilterWatchListDeletable<EndpointSlice, ?, ?> slices) {
    start(models.runnableInformer(0), ModelDeployment.class, book::put, book::remove);
    start(
        slices.withLabel(ModelRoutes.MODEL_LABEL).runnableInformer(0),
        EndpointSlice.class,
        book::put,
        book::remove);
  }

  private <T extends HasMetadata> void start(
      SharedIndexInformer<T> informer, Class<T> type, Consumer<T> put, Consumer<T> remove) {
    informers.add(informer);
    informer
        .removeNamespaceIndex()
        .itemStore(new TrimmedStore<>())
        .exceptionHandler(
            (started, cause) -> {
              LOG.warnf(
                  "Watching %s failed, it is tried again: %s",
                  type.getSimpleName(), root(cause).getMessage());
              return true;
            })
        .addEventHandler(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(T resource) {
                put.accept(resource);
              }

              @Override
              public void onUpdate(T old, T resource) {
                put.accept(resource);
              }

              @Override
              public void onDelete(T resource, boolean unknown) {
                remove.accept(resource);
              }
            });
    informer.start();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Whether all was listed and is routed. From then on the gateway routes, whatever comes. */
  public synchronized boolean hasSynced() {
    return !informers.isEmpty()
        && informers.stream().allMatch(SharedIndexInformer::hasSynced)
        && book.size() >= informers.stream().mapToInt(each -> each.getStore().list().size()).sum();
  }

  /** The watches that have stopped for good, which only a restart mends. */
  public synchronized List<String> stopped() {
    return informers.stream()
        .filter(informer -> informer.hasSynced() && !informer.isRunning())
        .map(informer -> informer.getApiTypeClass().getSimpleName())
        .toList();
  }

  /** The watches that have no connection now. */
  public synchronized List<String> cutOff() {
    return informers.stream()
        .filter(informer -> !informer.isWatching())
        .map(informer -> informer.getApiTypeClass().getSimpleName())
        .toList();
  }

  /**
   * Says in the log when watches have no connection, and when they have it again. To be called now
   * and then: one that is cut off at two calls in a row is not just about to connect anew.
   */
  public synchronized void tell() {
    List<String> now = cutOff();
    if (!told && !now.isEmpty() && !lastCutOff.isEmpty()) {
      told = true;
      LOG.warnf("The API server does not answer the watches of %s: the routes stay", now);
    } else if (told && now.isEmpty()) {
      told = false;
      LOG.info("All watches are connected again");
    }
    lastCutOff = now;
  }

  @Override
  public synchronized void close() {
    informers.forEach(SharedIndexInformer::stop);
  }
}
