package dev.modelyard.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls of the gateway: what decides knows neither the network nor the cluster's client. */
@AnalyzeClasses(packages = "dev.modelyard.gateway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule WHAT_DECIDES_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage("..gateway.routing..", "..gateway.balance..", "..gateway.hold..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx..",
              "io.netty..",
              "io.quarkus..",
              "io.micrometer..",
              "io.fabric8.kubernetes.client..",
              "dev.modelyard.gateway.dispatch..",
              "dev.modelyard.gateway.proxy..",
              "dev.modelyard.gateway.watch..");

  @ArchTest
  static final ArchRule DISPATCH_KNOWS_NO_NETWORK =
      noClasses()
          .that()
          .resideInAPackage("..gateway.dispatch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..", "io.fabric8.kubernetes.client..");

  @ArchTest
  static final ArchRule THE_TRAFFIC_KNOWS_NO_CLUSTER =
      noClasses()
          .that()
          .resideInAPackage("..gateway.proxy..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8..", "dev.modelyard.api..", "dev.modelyard.gateway.watch..");

  @ArchTest
  static final ArchRule THEY_ARE_THERE =
      classes()
          .that()
          .haveSimpleName("ModelRoutes")
          .should()
          .resideInAPackage("dev.modelyard.gateway.routing");
}
