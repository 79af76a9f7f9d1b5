package dev.modelyard.local.demo;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.local.Console;
import dev.modelyard.local.Laptop;
import dev.modelyard.local.StatusLine;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The life of one ModelDeployment on a running laptop, each step proven. */
public final class Demo {
  private static final int BATCH = 60;
  private static final int ROLLOUT_CLIENTS = 4;
  // Leaves the starting replica a part of a small machine.
  private static final long ROLLOUT_PAUSE_MILLIS = 5;
  private static final String MODEL_LABEL = "modelyard.dev/model-deployment";

  private final Laptop laptop;
  private final Console console;
  private final Path example;

  /** What the demo ends with. */
  public record Result(String figures) {}

  public Demo(Laptop laptop, Console console) {
    this.laptop = laptop;
    this.console = console;
    this.example = laptop.root().resolve("examples").resolve("digits");
  }

  /**
   * @return the figures for the last line
   * @throws DemoFailure for the first step that does not come out as it must
   */
  public Result run() throws InterruptedException {
    Holdout holdout = Holdout.read(example.resolve("holdout.csv"));
    ModelDeployment model = apply();
    ModelDeployment first = awaitServing(model, digest("1"));
    String name = first.getMetadata().getName();
    String server = laptop.gatewayUrl() + "/" + first.getMetadata().getNamespace() + "/" + name;
    console.line("serving at " + server + "/v2/models/" + name);
    List<Answer> former = predict(server, first, holdout);
    Scores scores = verify("1", holdout.score(former));
    String rollout = roll(first, server, holdout, former);
    String scaling = new Scaling(laptop, console, first, server, holdout).run();
    delete(first);
    return new Result(scores + " " + rollout + " " + scaling);
  }

  @SuppressWarnings("unchecked") // YAML is maps of strings to anything.
  private ModelDeployment apply() {
    Path file = example.resolve("modeldeployment-cpu.yaml");
    try (var in = Files.newInputStream(file)) {
      GenericKubernetesResource model =
          Serialization.unmarshal(in, GenericKubernetesResource.class);
      Map<String, Object> spec = new LinkedHashMap<>(model.get("spec"));
      Map<String, Object> source = new LinkedHashMap<>((Map<String, Object>) spec.get("model"));
      source.putAll(source("1"));
      spec.put("model", source);
      model.setAdditionalProperty("spec", spec);
      console.line("applying " + laptop.root().relativize(file) + " with uri " + uri("1"));
      return laptop
          .client()
          .resources(ModelDeployment.class)
          .inNamespace("default")
          .resource(Serialization.unmarshal(Serialization.asJson(model), ModelDeployment.class))
          .create();
    } catch (IOException e) {
      throw new DemoFailure("cannot read " + file + ": " + e, e);
    }
  }

  private Map<String, Object> source(String revision) {
    return Map.of("uri", uri(revision), "digest", digest(revision));
  }

  private Path file(String revision) {
    return example.resolve(revision).resolve("model.onnx");
  }

  private String uri(String revision) {
    return file(revision).toAbsolutePath().toUri().toString();
  }

  private String digest(String revision) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file(revision)));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (IOException e) {
      throw new DemoFailure("cannot read " + file(revision) + ": " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private ModelDeployment awaitServing(ModelDeployment model, String digest)
      throws InterruptedException {
    return Wait.until(laptop, model, "Ready with " + digest, now -> serves(now, digest));
  }

  private static boolean serves(ModelDeployment now, String digest) {
    ModelDeploymentStatus status = now.getStatus();
    return status != null
        && now.getMetadata().getGeneration().equals(status.observedGeneration())
        && status.candidate() == null
        && status.stable() != null
        && status.stable().model() != null
        && digest.equals(status.stable().model().digest())
        && StatusLine.condition(status, "Ready")
            .filter(ready -> "True".equals(ready.getStatus()))
            .isPresent();
  }

  /** Half of the held-out images as JSON, half as binary tensors, in batches. */
  private List<Answer> predict(String server, ModelDeployment model, Holdout holdout)
      throws InterruptedException {
    var client = new OipClient(server, model.getMetadata().getName());
    List<Answer> answers = new ArrayList<>();
    try {
      client.metadata();
      for (int from = 0; from < holdout.size(); from += BATCH) {
        float[] rows = holdout.rows(from, Math.min(holdout.size(), from + BATCH));
        boolean json = (from / BATCH) % 2 == 0;
        answers.addAll(json ? client.json(rows) : client.binary(rows));
      }
    } catch (IOException e) {
      throw new DemoFailure("prediction failed: " + e.getMessage(), e);
    }
    return answers;
  }

  private Scores verify(String revision, Scores measured) {
    Scores recorded = Scores.recorded(example.resolve("metrics.json"), revision);
    console.line("model " + revision + " serves " + measured + ", training recorded " + recorded);
    if (!measured.toString().equals(recorded.toString())) {
      throw new DemoFailure(
          "model " + revision + " serves " + measured + ", but training recorded " + recorded);
    }
    return measured;
  }

  private String roll(ModelDeployment model, String server, Holdout holdout, List<Answer> former)
      throws InterruptedException {
    List<Answer> latter;
    var traffic =
        Traffic.start(
            server, model.getMetadata().getName(), holdout, ROLLOUT_CLIENTS, ROLLOUT_PAUSE_MILLIS);
    try (traffic) {
      console.line("rolling to model 2 while clients ask");
      laptop
          .client()
          .resource(model)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Serialization.asJson(Map.of("spec", Map.of("model", source("2")))));
      ModelDeployment rolled = awaitServing(model, digest("2"));
      String stable = rolled.getStatus().stable().revision();
      awaitOnlyPodsOf(model, stable);
      latter = predict(server, model, holdout);
    }
    verify("2", holdout.score(latter));
    return judge(traffic, former, latter);
  }

  private String judge(Traffic traffic, List<Answer> former, List<Answer> latter) {
    List<String> failures = new ArrayList<>(traffic.failures());
    int byFormer = 0;
    int byLatter = 0;
    for (var answered : traffic.answered()) {
      if (answered.answer().isLike(latter.get(answered.image()))) {
        byLatter++;
      } else if (answered.answer().isLike(former.get(answered.image()))) {
        byFormer++;
      } else {
        failures.add("image " + answered.image() + " got an answer that neither model gives");
      }
    }
    String result =
        String.format(
            Locale.ROOT, "rollout_requests=%d rollout_failed=%d", traffic.sent(), failures.size());
    console.line(
        result + ": " + byFormer + " answers of model 1, " + byLatter + " answers of model 2");
    if (!failures.isEmpty()) {
      throw new DemoFailure(
          failures.size() + " requests failed during the rollout, the first: " + failures.get(0));
    }
    if (byFormer == 0 || byLatter == 0) {
      throw new DemoFailure("the traffic did not see both models");
    }
    return result;
  }

  private void awaitOnlyPodsOf(ModelDeployment model, String revision) throws InterruptedException {
    Wait.untilNone(
        "pods of the former revision",
        () ->
            children(model)
                .filter(child -> "Pod".equals(child.getKind()))
                .filter(
                    child ->
                        !revision.equals(
                            child.getMetadata().getLabels().get("modelyard.dev/revision")))
                .map(Demo::name));
  }

  private void delete(ModelDeployment model) throws InterruptedException {
    console.line(
        "deleting it, with "
            + String.join(", ", children(model).map(Demo::name).sorted().toList()));
    laptop.client().resource(model).delete();
    Wait.untilNone("children", () -> children(model).map(Demo::name));
    Wait.untilNone(
        "pods' processes",
        () -> Stream.of(laptop.node().runningPods()).filter(n -> n > 0).map(String::valueOf));
    if (laptop.client().resource(model).get() != null) {
      throw new DemoFailure("the ModelDeployment is still there");
    }
    console.line(
        "no Deployment, Service, EndpointSlice, Pod or PodDisruptionBudget is left, and no pod's"
            + " process");
  }

  private Stream<HasMetadata> children(ModelDeployment model) {
    var client = laptop.client();
    String namespace = model.getMetadata().getNamespace();
    String name = model.getMetadata().getName();
    return Stream.of(
            client.apps().deployments().inNamespace(namespace).list().getItems(),
            client.services().inNamespace(namespace).list().getItems(),
            client.discovery().v1().endpointSlices().inNamespace(namespace).list().getItems(),
            client.pods().inNamespace(namespace).list().getItems(),
            client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems())
        .flatMap(List::stream)
        .filter(
            child ->
                child.getMetadata().getLabels() != null
                    && name.equals(child.getMetadata().getLabels().get(MODEL_LABEL)))
        .map(child -> (HasMetadata) child);
  }

  private static String name(HasMetadata object) {
    return object.getKind() + " " + object.getMetadata().getName();
  }
}
