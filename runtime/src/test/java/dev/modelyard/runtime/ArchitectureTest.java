package dev.modelyard.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.quarkus.runtime.Quarkus;

/** The walls of the runtime. */
@AnalyzeClasses(packagesOf = Main.class, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  /** The contract with the operator is environment, ports and JSON; they share no code. */
  @ArchTest
  static final ArchRule KNOWS_NO_KUBERNETES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8..",
              "io.javaoperatorsdk..",
              "dev.modelyard.api..",
              "dev.modelyard.operator..");

  @ArchTest
  static final ArchRule ENGINES_STAY_BEHIND_INFERENCE =
      noClasses()
          .that()
          .resideOutsideOfPackage("..runtime.inference..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..", "ai.onnxruntime..");

  /** Digests and archives are plain functions over files. */
  @ArchTest
  static final ArchRule DIGESTS_AND_ARCHIVES_ARE_PURE =
      classes()
          .that()
          .resideInAnyPackage("..model.digest..", "..model.archive..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.apache.commons.compress..",
              "dev.modelyard.runtime.model",
              "dev.modelyard.runtime.model.digest..",
              "dev.modelyard.runtime.model.archive..");

  @ArchTest
  static final ArchRule SOURCES_KNOW_NEITHER_QUARKUS_NOR_THE_REST =
      classes()
          .that()
          .resideInAPackage("..model.source..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.net.ssl..",
              "io.vertx.core..",
              "io.netty.buffer..",
              "dev.modelyard.runtime.model",
              "dev.modelyard.runtime.model.source..");

  /** Of {@code model}, they and the configuration use the failures alone. */
  @ArchTest
  static final ArchRule THE_PARTS_DO_NOT_KNOW_THE_LIFECYCLE =
      noClasses()
          .that()
          .resideInAnyPackage("..model.*..", "..runtime.config..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "dev\\.modelyard\\.runtime\\.model\\.(?!ModelFailure|FailureReason)[A-Z].*");

  @ArchTest
  static final ArchRule NOBODY_NEEDS_WHAT_REPORTS =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..runtime.health..", "..runtime.metrics..", "..runtime.status..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..runtime.health..", "..runtime.metrics..", "..runtime.status..");

  /** An exit that does not drain loses requests. */
  @ArchTest
  static final ArchRule ONE_PLACE_ENDS_THE_PROCESS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.modelyard.runtime.Main")
          .and()
          .doNotHaveFullyQualifiedName("dev.modelyard.runtime.model.QuarkusExit")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .orShould()
          .callMethod(Quarkus.class, "asyncExit", int.class);
}
