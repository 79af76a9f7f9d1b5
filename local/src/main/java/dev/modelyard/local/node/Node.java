package dev.modelyard.local.node;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What a laptop has instead of a cluster's nodes and controllers: Deployments become pods, pods
 * become processes, Services get EndpointSlices and ports of 127.0.0.1, and what an owner left is
 * deleted. It is a stand-in: no images, no isolation, no resource limits, one node.
 *
 * <p>One thread looks at everything whenever anything has changed; each pod has a thread of its
 * own.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Node.class.getName());
  private static final Duration LOOK_AT_LEAST_EVERY = Duration.ofSeconds(1);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
  private static final long CLOSE_GRACE_SECONDS = 1;

  private final KubernetesClient client;
  private final Images images;
  private final Path home;
  private final LoopbackNetwork network = LoopbackNetwork.open();
  private final Vertx vertx = Vertx.vertx();
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Deployment> deployments;
  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final SharedIndexInformer<PodDisruptionBudget> budgets;
  private final SharedIndexInformer<ModelDeployment> models;
  private final Scheduler scheduler;
  private final DeploymentController controller;
  private final EndpointSliceController endpoints;
  private final GarbageCollector collector;
  private final ServiceProxies proxies;
  // By uid: a pod of the same name may follow another.
  private final Map<String, PodRunner> runners = new HashMap<>();
  private final Semaphore changed = new Semaphore(0);
  private final Thread loop = new Thread(this::loop, "node");
  private volatile boolean closing;

  private Node(KubernetesClient client, Images images, Path home) {
    this.client = client;
    this.images = images;
    this.home = home;
    this.scheduler = new Scheduler(client);
    this.controller = new DeploymentController(client);
    this.endpoints = new EndpointSliceController(client);
    this.collector = new GarbageCollector(client);
    this.pods = informer(Pod.class);
    this.deployments = informer(Deployment.class);
    this.services = informer(Service.class);
    this.slices = informer(EndpointSlice.class);
    this.budgets = informer(PodDisruptionBudget.class);
    this.models = informer(ModelDeployment.class);
    this.proxies = new ServiceProxies(vertx, this::podsOf);
    this.loop.setDaemon(true);
  }

  /**
   * @param client stays the caller's; the ModelDeployment CRD must be there
   * @param home folder for pods, logs and volumes
   */
  public static Node start(KubernetesClient client, Images images, Path home) {
    var node = new Node(client, images, home);
    node.loop.start();
    return node;
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(Class<T> type) {
    return client
        .resources(type)
        .inAnyNamespace()
        .inform(
            new ResourceEventHandler<T>() {
              @Override
              public void onAdd(T object) {
                changed.release();
              }

              @Override
              public void onUpdate(T before, T now) {
                changed.release();
              }

              @Override
              public void onDelete(T object, boolean unknownState) {
                changed.release();
              }
            });
  }

  /** The port of 127.0.0.1 that leads to the Service. */
  public Optional<Integer> port(String namespace, String service) {
    return proxies.port(namespace, service);
  }

  /** How many pods run or are about to. */
  public int runningPods() {
    synchronized (runners) {
      return runners.size();
    }
  }

  private List<Pod> podsOf(String namespace) {
    return pods.getStore().list().stream()
        .filter(pod -> namespace.equals(pod.getMetadata().getNamespace()))
        .toList();
  }

  private void loop() {
    while (!closing) {
      try {
        if (changed.tryAcquire(LOOK_AT_LEAST_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          changed.drainPermits();
        }
        if (!closing) {
          look();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (KubernetesClientException e) {
        // Conflicts and short outages; the next look sees the state as it then is.
        LOG.log(Level.WARNING, "will look again: " + e.getMessage());
        pauseAfterFailure();
      } catch (RuntimeException e) {
        LOG.log(Level.SEVERE, "will look again", e);
        pauseAfterFailure();
      }
    }
  }

  private void pauseAfterFailure() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    collectGarbage();
    Map<String, List<Pod>> byNamespace = new HashMap<>();
    for (Deployment deployment : deployments.getStore().list()) {
      controller.reconcile(
          deployment,
          byNamespace.computeIfAbsent(deployment.getMetadata().getNamespace(), this::podsOf));
    }
    runPods();
    endpoints.reconcile(
        services.getStore().list(), pods.getStore().list(), slices.getStore().list());
    proxies.reconcile(services.getStore().list());
  }

  private void collectGarbage() {
    Set<String> owners = new HashSet<>();
    Stream.of(models, deployments, services)
        .flatMap(informer -> informer.getStore().list().stream())
        .forEach(owner -> owners.add(owner.getMetadata().getUid()));
    Stream.of(deployments, services, slices, budgets, pods)
        .flatMap(informer -> informer.getStore().list().stream())
        .forEach(object -> collector.collect(object, owners));
  }

  private void runPods() {
    Set<String> alive = new HashSet<>();
    for (Pod pod : pods.getStore().list()) {
      String uid = pod.getMetadata().getUid();
      alive.add(uid);
      String node = pod.getSpec().getNodeName();
      PodRunner runner;
      synchronized (runners) {
        runner = runners.get(uid);
      }
      if (node == null || node.isEmpty()) {
        if (!PodStatuses.isDeleting(pod)) {
          scheduler.schedule(pod);
        }
      } else if (Scheduler.NODE.equals(node)) {
        if (runner == null && !PodStatuses.isDeleting(pod)) {
          run(pod);
        } else if (PodStatuses.isDeleting(pod)) {
          if (runner == null) {
            remove(pod);
          } else {
            runner.stop(pod.getMetadata().getDeletionGracePeriodSeconds());
          }
        }
      }
    }
    synchronized (runners) {
      runners.forEach(
          (uid, runner) -> {
            if (!alive.contains(uid)) {
              runner.stop(0L);
            }
          });
    }
  }

  private void run(Pod pod) {
    String uid = pod.getMetadata().getUid();
    var runner =
        new PodRunner(
            pod, network.allocate(), images, home, status -> publish(pod, status), () -> gone(pod));
    synchronized (runners) {
      runners.put(uid, runner);
    }
    runner.start();
  }

  private boolean publish(Pod pod, PodStatus status) {
    try {
      PodStatuses.patch(client, pod, status);
      return true;
    } catch (KubernetesClientException e) {
      LOG.log(Level.WARNING, "status of " + pod.getMetadata().getName() + ": " + e.getMessage());
      return false;
    }
  }

  private void gone(Pod pod) {
    if (!closing) {
      try {
        remove(pod);
      } catch (KubernetesClientException e) {
        // The pod is still there and has no runner: the next look removes it.
        LOG.log(Level.WARNING, "removing " + pod.getMetadata().getName() + ": " + e.getMessage());
      }
    }
    synchronized (runners) {
      runners.remove(pod.getMetadata().getUid());
    }
    changed.release();
  }

  /** Takes the object away, now that the process is gone. */
  private void remove(Pod pod) {
    client
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .withGracePeriod(0)
        .delete();
  }

  /** Ends every pod, without the grace that a pod in service has, and every proxy. */
  @Override
  public void close() {
    closing = true;
    changed.release();
    List<PodRunner> left;
    synchronized (runners) {
      left = List.copyOf(runners.values());
    }
    left.forEach(runner -> runner.stop(CLOSE_GRACE_SECONDS));
    try {
      loop.join(Duration.ofSeconds(5).toMillis());
      for (PodRunner runner : left) {
        runner.join(Duration.ofSeconds(CLOSE_GRACE_SECONDS + 6));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    proxies.close();
    Stream.of(pods, deployments, services, slices, budgets, models)
        .forEach(SharedIndexInformer::stop);
    vertx.close();
    network.close();
  }
}
