package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.Gpu;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.api.v1alpha1.Resources;
import dev.modelyard.api.v1alpha1.Runtime;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The pod of a revision, within the restricted Pod Security Standard. */
public final class RuntimePod {
  /** Name of the container that serves. */
  public static final String CONTAINER = "runtime";

  /** Name of the inference port. */
  public static final String INFERENCE = "inference";

  /** Name of the management port. */
  public static final String MANAGEMENT = "management";

  public static final int INFERENCE_PORT = 8080;
  public static final int MANAGEMENT_PORT = 9000;

  static final String TERMINATION_LOG = "/dev/termination-log";

  /** User and group of the runtime images. */
  private static final long USER = 10001L;

  /** The runtime ends itself at shutdownGrace; the kubelet must not kill it before. */
  private static final Duration GRACE_MARGIN = Duration.ofSeconds(10);

  private static final Runtime DEFAULT = new Runtime(null, null, null, null, null, null, null);

  private RuntimePod() {}

  static PodTemplateSpec template(String name, Revision revision, RuntimeDefaults defaults) {
    ModelDeploymentSpec template = revision.template();
    Runtime runtime = template.runtime() == null ? DEFAULT : template.runtime();
    PodSpecBuilder pod =
        new PodSpecBuilder()
            .withContainers(container(name, revision, runtime, defaults))
            .withVolumes(RuntimeVolumes.volumes(template.model().uri(), defaults))
            .withImagePullSecrets(runtime.imagePullSecrets())
            .withServiceAccountName(runtime.serviceAccountName())
            .withAutomountServiceAccountToken(false)
            .withEnableServiceLinks(false)
            // The kernel drops a SIGTERM to process 1 that comes before the JVM's handler is there:
            // a pod deleted as it starts would hold its GPU for the whole grace period. Shared,
            // process 1 is the pod's pause.
            .withShareProcessNamespace(true)
            .withTerminationGracePeriodSeconds(
                (long) RuntimeProbes.seconds(defaults.shutdownGrace().plus(GRACE_MARGIN)))
            .withNewSecurityContext()
            .withRunAsNonRoot(true)
            .withRunAsUser(USER)
            .withRunAsGroup(USER)
            .withFsGroup(USER)
            // Changing the owner of every file of a large volume takes minutes.
            .withFsGroupChangePolicy("OnRootMismatch")
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile()
            .endSecurityContext();
    Scheduling.apply(pod, template, Labels.selector(name, revision.id()));

    Map<String, String> labels = new TreeMap<>();
    if (runtime.labels() != null) {
      labels.putAll(runtime.labels());
    }
    labels.putAll(Labels.of(name, revision.id()));
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(runtime.annotations())
        .endMetadata()
        .withSpec(pod.build())
        .build();
  }

  private static Container container(
      String name, Revision revision, Runtime runtime, RuntimeDefaults defaults) {
    ModelDeploymentSpec template = revision.template();
    String uri = template.model().uri();
    String image =
        runtime.image() != null
            ? runtime.image()
            : template.gpu() == null ? defaults.cpuImage() : defaults.gpuImage();
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(image)
        .withImagePullPolicy(
            runtime.imagePullPolicy() == null ? null : runtime.imagePullPolicy().name())
        .withEnv(RuntimeEnvironment.of(name, revision, defaults))
        .addNewPort()
        .withName(INFERENCE)
        .withContainerPort(INFERENCE_PORT)
        .withProtocol("TCP")
        .endPort()
        .addNewPort()
        .withName(MANAGEMENT)
        .withContainerPort(MANAGEMENT_PORT)
        .withProtocol("TCP")
        .endPort()
        .withResources(resources(template))
        .withVolumeMounts(RuntimeVolumes.mounts(uri))
        .withStartupProbe(RuntimeProbes.startup(RuntimeEnvironment.loadTimeout(template)))
        .withReadinessProbe(RuntimeProbes.readiness())
        .withLivenessProbe(RuntimeProbes.liveness())
        .withTerminationMessagePath(TERMINATION_LOG)
        // A crash in native code leaves no line of ours; its last words are in the log.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .build();
  }

  private static ResourceRequirements resources(ModelDeploymentSpec template) {
    Resources resources = template.resources();
    Map<String, Quantity> requests = new TreeMap<>();
    Map<String, Quantity> limits = new TreeMap<>();
    if (resources != null && resources.requests() != null) {
      requests.putAll(Quantities.canonical(resources.requests()));
    }
    if (resources != null && resources.limits() != null) {
      limits.putAll(Quantities.canonical(resources.limits()));
    }
    Gpu gpu = template.gpu();
    if (gpu != null) {
      Quantity count = new Quantity(gpu.count().toString());
      requests.put(GpuScheduling.resource(gpu), count);
      limits.put(GpuScheduling.resource(gpu), count);
    }
    return requests.isEmpty() && limits.isEmpty()
        ? null
        : new ResourceRequirementsBuilder().withRequests(requests).withLimits(limits).build();
  }
}
