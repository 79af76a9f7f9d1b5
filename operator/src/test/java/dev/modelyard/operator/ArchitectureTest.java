package dev.modelyard.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The walls of the house: what decides knows neither a client nor the Operator SDK. */
@AnalyzeClasses(packages = "dev.modelyard.operator", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule PURE =
      noClasses()
          .that()
          .resideInAnyPackage("..operator.desired..", "..operator.rollout..", "..operator.status..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.javaoperatorsdk..",
              "io.quarkiverse..",
              "io.fabric8.kubernetes.client..",
              "dev.modelyard.operator.reconcile..",
              "dev.modelyard.operator.dependent..",
              "dev.modelyard.operator.config..");

  @ArchTest
  static final ArchRule PURE_IS_THERE =
      classes()
          .that()
          .haveSimpleName("RolloutPlanner")
          .should()
          .resideInAPackage("dev.modelyard.operator.rollout");

  /** The scaling policy can be simulated and proven because it knows the JDK alone. */
  @ArchTest
  static final ArchRule POLICY_KNOWS_THE_JDK_ALONE =
      classes()
          .that()
          .resideInAPackage("..operator.autoscaling.policy..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..", "java.time..", "java.util..", "..operator.autoscaling.policy..");

  /** The time comes in with the observation, and nothing waits. */
  @ArchTest
  static final ArchRule POLICY_HAS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAPackage("..operator.autoscaling.policy..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.lang\\.(System|Thread)|java\\.time\\.(Clock|Instant)"
                  + "|java\\.util\\.(concurrent|logging)\\..*");

  @Test
  void theReconcilerFitsOnAScreenOrTwo() throws IOException {
    Path source =
        Path.of("src/main/java/dev/modelyard/operator/reconcile/ModelDeploymentReconciler.java");
    assertThat(Files.readAllLines(source)).hasSizeBetween(10, 150);
  }
}
