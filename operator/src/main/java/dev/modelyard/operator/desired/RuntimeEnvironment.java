package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.Durations;
import dev.modelyard.api.v1alpha1.Gpu;
import dev.modelyard.api.v1alpha1.Model;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.api.v1alpha1.Resources;
import dev.modelyard.api.v1alpha1.Serving;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The environment of the runtime, as docs/contract describes it. */
final class RuntimeEnvironment {
  private static final String PREFIX = "MODELYARD_";
  private static final String DEFAULT_LOAD_TIMEOUT = "30m";

  /** More than any node has; a limit beyond it is no limit. */
  private static final BigDecimal MOST_CPUS = BigDecimal.valueOf(4096);

  private RuntimeEnvironment() {}

  /** The operator's variables sorted by name, then the user's in their order. */
  static List<EnvVar> of(String name, Revision revision, RuntimeDefaults defaults) {
    Map<String, EnvVar> variables = new LinkedHashMap<>();
    ours(name, revision, defaults)
        .forEach((key, value) -> variables.put(key, new EnvVar(key, literal(value), null)));
    // Two variables of one name would be refused by server-side apply; in a container the last
    // wins.
    for (EnvVar user : users(revision.template())) {
      if (!user.getName().startsWith(PREFIX)) {
        variables.put(user.getName(), canonical(user));
      }
    }
    return new ArrayList<>(variables.values());
  }

  static Duration loadTimeout(ModelDeploymentSpec template) {
    return Durations.parse(or(template.model().loadTimeout(), DEFAULT_LOAD_TIMEOUT));
  }

  private static Map<String, String> ours(
      String name, Revision revision, RuntimeDefaults defaults) {
    ModelDeploymentSpec template = revision.template();
    Map<String, String> variables = new TreeMap<>();
    model(variables, template.model());
    variables.put("MODELYARD_MODEL_NAME", name);
    variables.put("MODELYARD_MODEL_REVISION", revision.id());
    variables.put("MODELYARD_MODEL_CACHE", RuntimeVolumes.CACHE_PATH);
    variables.put("MODELYARD_MODEL_MAX_BYTES", Long.toString(defaults.cacheBytes()));
    serving(variables, template.serving());
    threads(template)
        .ifPresent(
            threads -> {
              variables.put("MODELYARD_SERVING_THREADS", Integer.toString(threads));
              variables.put("OMP_NUM_THREADS", Integer.toString(threads));
            });
    Gpu gpu = template.gpu();
    variables.put("MODELYARD_GPU_COUNT", gpu == null ? "0" : gpu.count().toString());
    variables.put("MODELYARD_SHUTDOWN_DELAY", defaults.shutdownDelay().toString());
    variables.put("MODELYARD_SHUTDOWN_GRACE", defaults.shutdownGrace().toString());
    if (!defaults.allowedAddresses().isEmpty()) {
      variables.put(
          "MODELYARD_SOURCE_ALLOWED_ADDRESSES", String.join(",", defaults.allowedAddresses()));
    }
    variables.put("MODELYARD_TERMINATION_LOG", RuntimePod.TERMINATION_LOG);
    return variables;
  }

  private static void model(Map<String, String> variables, Model model) {
    variables.put("MODELYARD_MODEL_URI", model.uri());
    if (RuntimeVolumes.claim(model.uri()).isPresent()) {
      variables.put("MODELYARD_MODEL_VOLUME", RuntimeVolumes.CLAIM_PATH);
    }
    if (model.digest() != null) {
      variables.put("MODELYARD_MODEL_DIGEST", model.digest());
    }
    if (model.engine() != null) {
      variables.put("MODELYARD_MODEL_ENGINE", model.engine().name());
    }
    variables.put("MODELYARD_MODEL_TASK", or(model.task(), Model.Task.Tensor).name());
    variables.put(
        "MODELYARD_MODEL_LOAD_TIMEOUT", iso(or(model.loadTimeout(), DEFAULT_LOAD_TIMEOUT)));
  }

  private static void serving(Map<String, String> variables, Serving given) {
    Serving serving = given == null ? new Serving(null, null, null, null) : given;
    Serving.Batching batching =
        serving.batching() == null ? new Serving.Batching(null, null, null) : serving.batching();
    if (batching.mode() != null) {
      variables.put("MODELYARD_SERVING_BATCHING_MODE", batching.mode().name());
    }
    variables.put("MODELYARD_SERVING_BATCHING_MAX_SIZE", or(batching.maxSize(), 32).toString());
    variables.put("MODELYARD_SERVING_BATCHING_MAX_DELAY", iso(or(batching.maxDelay(), "0ms")));
    variables.put("MODELYARD_SERVING_QUEUE_CAPACITY", or(serving.queueCapacity(), 1000).toString());
    variables.put("MODELYARD_SERVING_REQUEST_TIMEOUT", iso(or(serving.requestTimeout(), "30s")));
    variables.put("MODELYARD_SERVING_WORKERS", Integer.toString(workers(serving)));
  }

  /**
   * Threads of one worker, from the CPU limit: a library that counts the node's CPUs instead starts
   * more threads than the pod may run, and they wait for each other.
   */
  private static OptionalInt threads(ModelDeploymentSpec template) {
    Resources resources = template.resources();
    Quantity limit =
        resources == null || resources.limits() == null ? null : resources.limits().get("cpu");
    if (limit == null) {
      return OptionalInt.empty();
    }
    int cpus = Quantities.amount(limit).min(MOST_CPUS).setScale(0, RoundingMode.CEILING).intValue();
    return OptionalInt.of(Math.max(1, cpus / workers(template.serving())));
  }

  private static int workers(Serving serving) {
    return serving == null ? 1 : or(serving.workers(), 1);
  }

  private static List<EnvVar> users(ModelDeploymentSpec template) {
    return template.runtime() == null || template.runtime().env() == null
        ? List.of()
        : template.runtime().env();
  }

  /** The kubelet replaces {@code $(NAME)} in a value, and {@code $$} by one. */
  private static String literal(String value) {
    return value.replace("$", "$$");
  }

  /** As the API server writes it back: no empty value, and a field reference with its version. */
  private static EnvVar canonical(EnvVar user) {
    EnvVarBuilder variable = new EnvVarBuilder(user);
    if ("".equals(user.getValue())) {
      variable.withValue(null);
    }
    if (user.getValueFrom() != null
        && user.getValueFrom().getFieldRef() != null
        && user.getValueFrom().getFieldRef().getApiVersion() == null) {
      variable.editValueFrom().editFieldRef().withApiVersion("v1").endFieldRef().endValueFrom();
    }
    return variable.build();
  }

  private static String iso(String duration) {
    return Durations.parse(duration).toString();
  }

  private static <T> T or(T value, T fallback) {
    return value == null ? fallback : value;
  }
}
