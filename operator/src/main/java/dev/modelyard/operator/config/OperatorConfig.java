package dev.modelyard.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The operator's settings. Each is an environment variable too: {@code modelyard.runtime.image.cpu}
 * is {@code MODELYARD_RUNTIME_IMAGE_CPU}. Durations are ISO 8601 or such as {@code 5s}.
 */
@ConfigMapping(prefix = "modelyard")
public interface OperatorConfig {

  /** The namespaces that are watched, separated by commas. All when absent. */
  Optional<List<String>> namespaces();

  /** How many resources are reconciled at the same time. */
  @WithDefault("8")
  int maxConcurrentReconciles();

  RuntimeConfig runtime();

  LeaderElection leaderElection();

  Health health();

  Gateway gateway();

  /** What a ModelDeployment's pods get where its spec is silent. */
  interface RuntimeConfig {
    Image image();

    /** Size limit of a pod's model cache, and so of the largest model: a quantity such as 50Gi. */
    @WithDefault("50Gi")
    String cacheSize();

    /** How long a pod that is told to stop still takes requests. */
    @WithDefault("5s")
    Duration shutdownDelay();

    /** From being told to stop to exit at the latest. */
    @WithDefault("60s")
    Duration shutdownGrace();

    /** CIDRs that models may be fetched from though they are loopback or link-local. */
    Optional<List<String>> allowedAddresses();

    /** Port of the pods on which they tell their status. */
    @WithDefault("9000")
    int managementPort();

    /** Images of the runtime. */
    interface Image {
      String cpu();

      String gpu();
    }
  }

  /** One of several operators reconciles, the others wait. */
  interface LeaderElection {
    @WithDefault("false")
    boolean enabled();

    @WithDefault("modelyard-operator")
    String leaseName();

    /** Namespace of the lease. The operator's own when absent. */
    Optional<String> leaseNamespace();

    /** The Deployment in the lease's namespace that the lease is deleted with. */
    Optional<String> leaseOwner();
  }

  /** The gateways, which route requests to models and hold those for models at zero. */
  interface Gateway {
    /**
     * {@code namespace/name} of the Service whose endpoints tell on their port {@code management}
     * how many requests each gateway holds. No gateway when absent.
     */
    Optional<String> service();

    /** What {@code status.url} begins with. The model's own Service when absent. */
    Optional<String> url();
  }

  /** When health checks fail. */
  interface Health {
    /** A resource that fails for longer makes the operator not ready. */
    @WithDefault("5m")
    Duration failingAfter();

    /** A reconcile that runs for longer is taken for hung: the operator is not live. */
    @WithDefault("10m")
    Duration hungAfter();
  }
}
