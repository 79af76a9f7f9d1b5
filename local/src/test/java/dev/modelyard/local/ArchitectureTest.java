package dev.modelyard.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(
    packages = "dev.modelyard.local",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final int MOST_LINES = 400;

  /** They talk over HTTP, so that either API server will do. */
  @ArchTest
  static void theNodeDoesNotKnowTheApiServer(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAPackage("dev.modelyard.local.node..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.modelyard.local.apiserver..", "dev.modelyard.local.demo..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("dev.modelyard.local.apiserver..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.modelyard.local.node..", "dev.modelyard.local.demo..")
        .check(classes);
  }

  @ArchTest
  static void thePartsMakeNoCircle(JavaClasses classes) {
    slices().matching("dev.modelyard.local.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void filesAreSmall() throws IOException {
    try (var files = Files.walk(Path.of("src"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThan(MOST_LINES));
    }
  }
}
