package dev.modelyard.operator.config;

import dev.modelyard.operator.DaemonThreads;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The lease that lets one of several operators reconcile. It is given back on shutdown, so that the
 * next one need not wait for it to expire; losing it ends the process, and {@link LeaseFence} keeps
 * it from writing until then, so that two never do.
 */
@Singleton
public class LeaderLease {
  private static final Logger LOG = Logger.getLogger(LeaderLease.class);

  /** A lease that was not renewed for 10 s is given up; it is another's after 15 s. */
  private static final Duration UNTIL_EXPIRED = Duration.ofSeconds(5);

  private final OperatorConfig.LeaderElection config;
  private final KubernetesClient client;
  private final String identity;
  private volatile boolean leading;
  private volatile boolean stopping;

  LeaderLease(OperatorConfig config, KubernetesClient client) {
    this.config = config.leaderElection();
    this.client = client;
    // A pod's name is not enough: a container that restarts in it is another process.
    this.identity =
        Optional.ofNullable(System.getenv("HOSTNAME")).orElse("modelyard-operator")
            + "_"
            + UUID.randomUUID();
  }

  /** Who reconciles: this process where there is no election. */
  public boolean isLeading() {
    return leading || !config.enabled();
  }

  /** Empty where leader election is off. */
  Optional<LeaderElectionConfiguration> configuration() {
    if (!config.enabled()) {
      return Optional.empty();
    }
    return Optional.of(
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(config.leaseName())
            .withLeaseNamespace(namespace())
            .withIdentity(identity)
            .withLeaderCallbacks(new LeaderCallbacks(this::started, this::stopped, leader -> {}))
            .build());
  }

  private String namespace() {
    return config.leaseNamespace().orElseGet(client::getNamespace);
  }

  private void started() {
    leading = true;
    LOG.infof("Leading as %s: reconciling starts", identity);
    // Not on the election's own thread, whose renewals must not wait for it.
    config
        .leaseOwner()
        .ifPresent(owner -> DaemonThreads.named("lease-owner").newThread(() -> own(owner)).start());
  }

  /** Nobody else would delete the lease of an operator that is uninstalled. */
  private void own(String deployment) {
    try {
      Deployment owner =
          client.apps().deployments().inNamespace(namespace()).withName(deployment).get();
      if (owner == null) {
        LOG.warnf(
            "No Deployment %s/%s: the lease %s stays when this operator is uninstalled",
            namespace(), deployment, config.leaseName());
        return;
      }
      String patch =
          """
          {"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"%s","uid":"%s"}]}}"""
              .formatted(deployment, owner.getMetadata().getUid());
      lease().patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    } catch (KubernetesClientException e) {
      LOG.warnf(
          "The lease %s/%s stays when this operator is uninstalled: %s",
          namespace(), config.leaseName(), e.getMessage());
    }
  }

  private Resource<Lease> lease() {
    return client.resources(Lease.class).inNamespace(namespace()).withName(config.leaseName());
  }

  private void stopped() {
    boolean lost = leading && !stopping;
    leading = false;
    if (lost) {
      LOG.errorf("The lease %s/%s is lost: this process ends", namespace(), config.leaseName());
      Quarkus.asyncExit(1);
      Thread last = new Thread(LeaderLease::haltSoon, "lease-lost");
      last.setDaemon(true);
      last.start();
    }
  }

  /** Whatever hangs in the shutdown must not reconcile beside the next leader. */
  private static void haltSoon() {
    try {
      Thread.sleep(UNTIL_EXPIRED.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }

  /** Before the operator stops, which ends the election. */
  void prepare(@Observes @Priority(1) ShutdownEvent event) {
    stopping = true;
  }

  /** After the operator has stopped: nothing reconciles here any more. */
  void release(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    if (!config.enabled()) {
      return;
    }
    try {
      Resource<Lease> resource = lease();
      Lease lease = resource.get();
      if (lease == null || !identity.equals(lease.getSpec().getHolderIdentity())) {
        return;
      }
      // The version keeps a lease that another took meanwhile.
      String patch =
          "{\"metadata\":{\"resourceVersion\":\"%s\"},\"spec\":{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1}}"
              .formatted(lease.getMetadata().getResourceVersion());
      resource.patch(PatchContext.of(PatchType.JSON_MERGE), patch);
      LOG.infof("Released the lease %s/%s", namespace(), config.leaseName());
    } catch (KubernetesClientException e) {
      LOG.warnf("The lease was not released, it expires by itself: %s", e.getMessage());
    }
  }
}
