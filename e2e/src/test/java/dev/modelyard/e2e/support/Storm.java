package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Creates, changes, scales and deletes ModelDeployments without a pause, in an order that a seed
 * repeats, and remembers what was asked for last. Most fit no node, so that a change costs no pod
 * that runs; {@link #SERVED} of them serve.
 *
 * <p>What an API server that is away does not take is tried until it does: what is asked for last
 * is never in doubt.
 */
public final class Storm implements AutoCloseable {
  private static final int MODELS = 24;
  private static final int SERVED = 2;

  /** Names of what serves begin so. */
  static final String SERVING = "served-";

  /** Annotation of the pods, by which the template of the last spec is known. */
  static final String VERSION = "e2e-version";

  private final Space space;
  private final Random random;
  private final Map<String, Wanted> wanted = Collections.synchronizedMap(new TreeMap<>());
  private final Thread driver = new Thread(this::drive, "storm");
  private final Thread watcher = new Thread(this::countRevisions, "revisions");
  private volatile boolean stopping;
  private volatile RuntimeException failure;
  private volatile int steps;
  private volatile int mostRevisions;
  private int version;

  /**
   * What a ModelDeployment was last asked to be.
   *
   * @param version of the template
   */
  record Wanted(int version, int replicas) {}

  private Storm(Space space, long seed) {
    this.space = space;
    this.random = new Random(seed);
  }

  /** Makes all of them, waits until two serve, and begins. */
  public static Storm start(Space space, long seed) {
    var storm = new Storm(space, seed);
    for (int i = 0; i < SERVED; i++) {
      storm.apply(SERVING + i, 1);
    }
    for (int i = 0; i < MODELS; i++) {
      storm.apply("model-" + i, storm.random.nextInt(3));
    }
    for (int i = 0; i < SERVED; i++) {
      space.awaitServing(SERVING + i);
    }
    storm.driver.start();
    storm.watcher.start();
    return storm;
  }

  /**
   * Ends it: from now on nothing changes any more.
   *
   * @throws IllegalStateException where the API server refused a step for another reason than being
   *     away
   */
  public void stop() {
    stopping = true;
    try {
      driver.join();
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IllegalStateException("the storm ended before its time", failure);
    }
  }

  /** What differs from what was asked for last, a line each. */
  public List<String> unsettled() {
    return Settled.problems(space, wanted);
  }

  public int steps() {
    return steps;
  }

  /** Most Deployments that one ModelDeployment was seen to have at a time. */
  public int mostRevisions() {
    return mostRevisions;
  }

  /** Waits until what serves is of the last spec. */
  public void awaitServing() {
    wanted.keySet().stream().filter(name -> name.startsWith(SERVING)).forEach(space::awaitServing);
  }

  private void drive() {
    try {
      while (!stopping) {
        step();
        steps++;
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void step() {
    // A rollout of what serves starts a pod: one of sixty steps.
    if (random.nextInt(60) == 0) {
      apply(SERVING + random.nextInt(SERVED), 1);
      return;
    }
    String name = "model-" + random.nextInt(MODELS);
    int replicas = random.nextInt(3);
    int kind = random.nextInt(10);
    if (!wanted.containsKey(name) || kind < 5) {
      apply(name, replicas);
    } else if (kind < 8) {
      scale(name, replicas);
    } else {
      delete(name);
    }
  }

  private void apply(String name, int replicas) {
    int number = ++version;
    String placement =
        name.startsWith(SERVING) ? "" : "placement: {nodeSelector: {modelyard.dev/e2e: nowhere}}\n";
    String spec =
        space.digits(1, replicas)
            + "runtime: {annotations: {%s: 'v%d'}}\n".formatted(VERSION, number)
            + placement;
    insist(() -> space.apply(name, spec));
    wanted.put(name, new Wanted(number, replicas));
  }

  private void scale(String name, int replicas) {
    insist(() -> space.scale(name, replicas));
    wanted.computeIfPresent(name, (key, before) -> new Wanted(before.version(), replicas));
  }

  private void delete(String name) {
    insist(() -> space.modelDeployments().inNamespace(space.name()).withName(name).delete());
    wanted.remove(name);
  }

  private void insist(Runnable request) {
    while (true) {
      try {
        request.run();
        pause(Duration.ofMillis(random.nextInt(150)));
        return;
      } catch (KubernetesClientException e) {
        // Refused for good, and not for want of an API server or its etcd.
        if (e.getCode() >= 400 && e.getCode() < 500 && e.getCode() != 409 && e.getCode() != 429) {
          throw e;
        }
        pause(Duration.ofMillis(200));
      }
    }
  }

  private void countRevisions() {
    while (!stopping) {
      try {
        space.client().apps().deployments().inNamespace(space.name()).list().getItems().stream()
            .filter(deployment -> !deployment.isMarkedForDeletion())
            .collect(Collectors.groupingBy(Storm::owner, Collectors.counting()))
            .values()
            .forEach(count -> mostRevisions = Math.max(mostRevisions, count.intValue()));
      } catch (KubernetesClientException e) {
        // The API server is away.
      }
      pause(Duration.ofMillis(500));
    }
  }

  private static String owner(Deployment deployment) {
    return deployment.getMetadata().getOwnerReferences().get(0).getUid();
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopping = true;
  }
}
