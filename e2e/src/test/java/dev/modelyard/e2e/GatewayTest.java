package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.e2e.support.Burst;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Control;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.Operator;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What clients of the gateway see when a process behind or beside them ends, or the model goes. */
@Disruptive
class GatewayTest {
  private static final int CONNECTIONS = 8;
  private static final String KEYS = "gateway-keys";
  private static final String UNLIMITED = "the-key-of-the-load";
  private static final String LIMITED = "the-key-of-somebody";

  @Test
  void onlyRequestsOnAKilledProcessFail(Cluster cluster, Space space) {
    Optional<Control> control = Control.of();
    assumeTrue(control.isPresent(), "skipped: MODELYARD_CLUSTER_CONTROL is not set");
    Operator operator = cluster.operator();
    space.apply("digits", space.digits(1, 2));
    space.awaitServing("digits");
    Load load = space.gatewayLoad("digits", CONNECTIONS, 5);

    Pod leader = pod(cluster, operator.leader());
    Load.Report before = load.report();
    control.get().kill(leader);
    awaitRestarted(cluster, leader);
    operator.awaitReady();
    Load.Report operatorGone = load.report();

    Pod replica = space.pods("digits").get(0);
    control.get().kill(replica);
    awaitRestarted(cluster, replica);
    space.awaitServing("digits");
    Load.Report replicaGone = load.report();

    Pod gateway = operator.gatewayPods().get(0);
    control.get().kill(gateway);
    awaitRestarted(cluster, gateway);
    operator.awaitReady();
    Load.Report gatewayGone = load.report();
    // Back among the Service's endpoints, it serves as before.
    await("more requests")
        .atMost(Space.PATIENCE)
        .until(() -> load.report().requests() > gatewayGone.requests() + 100);
    Load.Report end = load.stop();

    System.out.printf(
        "killed under %d connections: operator %s, replica %s, gateway %s; afterwards %s%n",
        CONNECTIONS,
        lost(before, operatorGone),
        lost(operatorGone, replicaGone),
        lost(replicaGone, gatewayGone),
        lost(gatewayGone, end));
    assertThat(lost(before, operatorGone).failed()).as(end.failures()).isZero();
    assertThat(lost(operatorGone, replicaGone).failed())
        .as(end.failures())
        .isLessThanOrEqualTo(CONNECTIONS);
    // No client can know that nobody listens any more, until the Service forgets the pod.
    Lost atGateway = lost(replicaGone, gatewayGone);
    assertThat(atGateway.failed() - atGateway.refused())
        .as(end.failures())
        .isLessThanOrEqualTo(CONNECTIONS);
    assertThat(lost(gatewayGone, end).failed()).as(end.failures()).isZero();
  }

  /**
   * Gateways are replaced twice, which switches API keys on and off, while operator and model are
   * replaced too; then the model goes. The load has a key from the beginning: where none is asked
   * for, it is not looked at.
   */
  @Test
  void whatIsReplacedInOrderLosesNoRequestAndWhoMayNotAskIsToldWhy(Cluster cluster, Space space) {
    Operator operator = cluster.operator();
    space.apply("digits", space.digits(1, 2));
    space.apply("off", space.digits(1, 0));
    space.awaitServing("digits");
    Burst client = space.gatewayBurst("digits", Duration.ofMinutes(1));
    String digits = space.gatewayUrl("digits");
    String off = digits.replace("/digits/", "/off/");
    Load load = space.gatewayLoad("digits", CONNECTIONS, 5, UNLIMITED);
    try {
      cluster.client().resource(operator.gatewayPods().get(0)).delete();
      operator.restart("operator");
      operator.awaitReady();
      Load.Report report = load.report();
      System.out.printf(
          "a gateway deleted and the operator replaced: %d of %d failed%n",
          report.failed(), report.requests());
      assertThat(report.failed()).as(report.failures()).isZero();

      keys(cluster);
      Map<String, String> values = Operator.defaultValues();
      values.put("gateway.apiKeys.secretName", KEYS);
      operator.upgrade(Settings.CHART, values);
      assertThat(client.ask(digits, null)).startsWith("status 401: ").contains("an API key is");
      assertThat(client.ask(digits, "another")).startsWith("status 401: ");
      // Each gateway counts for itself.
      int limited = 0;
      for (int i = 0; i < 3; i++) {
        String answer = client.ask(digits, LIMITED);
        assertThat(answer).matches("|(?s)status 429: .*'somebody' has used up its requests.*");
        limited += answer.isEmpty() ? 0 : 1;
      }
      assertThat(limited).isPositive().isLessThan(3);
    } finally {
      operator.upgrade(Settings.CHART, Operator.defaultValues());
    }
    space.apply("digits", space.digits(2, 2));
    space.awaitServing("digits");
    Load.Report report = load.stop();
    System.out.printf(
        "gateways replaced twice and a model rolled out: %d of %d failed%n",
        report.failed(), report.requests());
    assertThat(report.failed()).as(report.failures()).isZero();

    assertThat(client.ask(digits, null)).isEmpty();
    assertThat(client.ask(off, null)).startsWith("status 503: ").contains("ScaledToZero");
    space.delete("digits", DeletionPropagation.BACKGROUND);
    await("the model to be gone")
        .atMost(Space.PATIENCE)
        .until(() -> client.ask(digits, null), answer -> answer.startsWith("status 404: "));
    assertThat(client.ask(digits, null)).contains("there is no model " + space.name() + "/digits");
  }

  /** Failed between two reports, and those of them that got no connection. */
  private record Lost(long failed, long refused) {}

  private static Lost lost(Load.Report before, Load.Report after) {
    return new Lost(after.failed() - before.failed(), after.refused() - before.refused());
  }

  private static Pod pod(Cluster cluster, String name) {
    return cluster.client().pods().inNamespace(Operator.NAMESPACE).withName(name).get();
  }

  private static void awaitRestarted(Cluster cluster, Pod pod) {
    await(pod.getMetadata().getName() + " to run again")
        .atMost(Space.PATIENCE)
        .until(
            () -> cluster.client().resource(pod).get(),
            now -> restarts(now) > restarts(pod) && ready(now));
  }

  private static int restarts(Pod pod) {
    return pod.getStatus().getContainerStatuses().get(0).getRestartCount();
  }

  private static boolean ready(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private static void keys(Cluster cluster) {
    String json =
        """
        {"keys": [
          {"name": "load", "sha256": "%s"},
          {"name": "somebody", "sha256": "%s", "requestsPerMinute": 1}]}
        """
            .formatted(sha256(UNLIMITED), sha256(LIMITED));
    cluster
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(Operator.NAMESPACE)
                .withName(KEYS)
                .endMetadata()
                .addToStringData("keys.json", json)
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private static String sha256(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
