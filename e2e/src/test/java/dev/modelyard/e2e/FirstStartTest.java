package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Phase;
import dev.modelyard.e2e.support.Chronicle;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A new model whose first spec cannot serve says why, and serves when it is corrected. */
@OnCluster
class FirstStartTest {
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(15);

  /** Of a pod that runs and fails nothing serves; one that is blocked or waits is pending. */
  private static final Map<String, Phase> PHASES =
      Map.of(
          "wrong digest", Phase.Failed,
          "crash at start", Phase.Failed,
          "missing image", Phase.Pending,
          "beyond the quota", Phase.Pending,
          "missing GPU", Phase.Pending);

  @Test
  void aFirstSpecThatFailsSaysWhyAndServesWhenCorrected(Space space) {
    BadSpec.limit(space);
    try (Chronicle chronicle = space.chronicle()) {
      Map<String, BadSpec> models = new LinkedHashMap<>();
      for (String name : new TreeSet<>(PHASES.keySet())) {
        models.put(name.toLowerCase(Locale.ROOT).replace(' ', '-'), BadSpec.named(name));
      }
      models.forEach((model, bad) -> space.apply(model, bad.spec(space)));
      models.forEach((model, bad) -> fails(space, chronicle, model, bad));
      models.keySet().forEach(model -> space.applyDigits(model, 1));
      models.keySet().forEach(space::awaitServing);
      models
          .keySet()
          .forEach(
              model ->
                  await(model + " to have one Deployment")
                      .atMost(Space.PATIENCE)
                      .until(() -> space.deployments(model).size() == 1));
    }
  }

  private static void fails(Space space, Chronicle chronicle, String model, BadSpec bad) {
    // One look for all of it: what crashes runs for a moment now and then.
    ModelDeployment told =
        space.await(
            model,
            "to be not Ready for " + bad.reason(),
            Space.PATIENCE,
            found -> ready(found).getReason().equals(bad.reason()));
    assertThat(ready(told).getStatus()).as(bad.name()).isEqualTo("False");
    assertThat(ready(told).getMessage()).as(bad.name()).contains(bad.words());
    assertThat(told.getStatus().phase()).as(bad.name()).isEqualTo(PHASES.get(bad.name()));
    assertThat(told.getStatus().candidate()).as(bad.name()).isNull();

    String revision = space.serving(model);
    Instant happened =
        await(bad.name() + ": what the cluster records of it")
            .atMost(Space.PATIENCE)
            .until(() -> chronicle.first(model, revision, bad.cause()), found -> found.isPresent())
            .get();
    Instant event =
        await(bad.name() + ": an Event with the reason " + bad.reason())
            .atMost(Space.PATIENCE)
            .until(
                () -> chronicle.told(model, bad.reason(), Instant.EPOCH),
                found -> found.isPresent())
            .get();
    Duration after = Duration.between(happened, event);
    System.out.printf(
        "first start, %s: %s told %d ms after its cause%n",
        bad.name(), bad.reason(), after.toMillis());
    assertThat(after).as(bad.name()).isLessThanOrEqualTo(TOLD_WITHIN);
  }

  private static Condition ready(ModelDeployment found) {
    return found.getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst()
        .orElseThrow();
  }
}
