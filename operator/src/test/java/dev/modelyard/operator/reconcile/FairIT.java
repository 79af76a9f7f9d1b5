package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One tenant's burst of new ModelDeployments does not hold up another tenant's model. */
class FairIT extends PackagedOperatorTest {
  /** The API server of the tests has 254 addresses for Services. */
  private static final int BURST = 200;

  private static final String SPEC = "model: {uri: 'https://models.example.org/1.onnx'}";

  @Test
  void aChangeIsSeenToWhileAnotherNamespaceHasManyNewOnes() {
    Workloads many = cluster("burst");
    Workloads other = cluster("other");
    // What there is before the operator is there waits all at once: the API server that creates
    // them is not the limit then.
    for (int i = 0; i < BURST; i++) {
      many.client().resource(many.unapplied("new-" + i, SPEC + "\nreplicas: 0")).create();
    }
    other.apply("serves", SPEC + "\nreplicas: 0");
    List<Long> lags = new ArrayList<>();
    boolean ended = false;
    try (OperatorProcess operator = InstalledOperator.clusterWide(server, "fair").start(settings)) {
      await().until(() -> observed(other.get("serves")));
      for (int i = 0; !ended && i < 1000; i++) {
        String change = "{\"spec\":{\"serving\":{\"workers\":" + (1 + i % 2) + "}}}";
        long begin = System.nanoTime();
        other
            .client()
            .resource(other.get("serves"))
            .patch(PatchContext.of(PatchType.JSON_MERGE), change);
        await().pollInterval(Duration.ofMillis(5)).until(() -> observed(other.get("serves")));
        lags.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
        ended = observed(many.get("new-" + (BURST - 1))) && left(many) == 0;
      }
      Collections.sort(lags);
      System.out.printf(
          "FAIR changes=%d p50_ms=%d p99_ms=%d max_ms=%d%n",
          lags.size(), at(lags, 0.5), at(lags, 0.99), at(lags, 1));
    }
    // First come first served, the first one would have waited for the whole burst.
    assertThat(lags).as("changes that were seen to during the burst").hasSizeGreaterThan(3);
  }

  /** Other tests need the addresses, and no operator is there to see to it. */
  @AfterEach
  void giveTheAddressesBack() {
    for (String namespace : List.of("burst", "other")) {
      server.client().resources(ModelDeployment.class).inNamespace(namespace).delete();
      server.client().apps().deployments().inNamespace(namespace).delete();
      server.client().services().inNamespace(namespace).delete();
    }
  }

  private static long at(List<Long> sorted, double part) {
    return sorted.get((int) Math.min(sorted.size() - 1, (long) (part * sorted.size())));
  }

  private static long left(Workloads cluster) {
    return cluster
        .client()
        .resources(ModelDeployment.class)
        .inNamespace(cluster.namespace())
        .list()
        .getItems()
        .stream()
        .filter(resource -> !observed(resource))
        .count();
  }

  private static boolean observed(ModelDeployment resource) {
    return resource.getStatus() != null
        && resource.getMetadata().getGeneration().equals(resource.getStatus().observedGeneration());
  }
}
