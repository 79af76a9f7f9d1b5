package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.Kubectl;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Space;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What somebody with nothing but kubectl sees and does. */
@OnCluster
class KubectlTest {
  @Test
  void kubectlShowsWaitsExplainsAndScales(Space space) {
    Kubectl kubectl = Kubectl.in(space);
    // The scale subresource shows what the schema defaults.
    space.apply("digits", space.digits(1, 1).replaceAll("replicas: .*\n", ""));
    String scale =
        "/apis/modelyard.dev/v1alpha1/namespaces/%s/modeldeployments/digits/scale"
            .formatted(space.name());
    assertThat(kubectl.get("get", "--raw", scale)).contains("\"spec\":{\"replicas\":1}");

    kubectl.get("wait", "--for=condition=Ready", "mdep/digits", "--timeout=180s");
    ModelDeployment digits = space.awaitServing("digits");
    String uri = digits.getSpec().model().uri();
    String revision = digits.getStatus().stable().revision();
    List<String> table = kubectl.get("get", "mdep").lines().toList();
    assertThat(columns(table.get(0)))
        .containsExactly("NAME", "MODEL", "PHASE", "READY", "REVISION", "GPU", "AGE");
    assertThat(table.get(1))
        .matches("digits +%s +Ready +1/1 +%s +\\d+m?\\d*s".formatted(uri, revision));
    List<String> wide = kubectl.get("get", "mdep", "-o", "wide").lines().toList();
    assertThat(columns(wide.get(0))).endsWith("AGE", "URL", "MESSAGE");
    assertThat(wide.get(1))
        .endsWith("%s   1 of 1 replicas are ready.".formatted(digits.getStatus().url()));
    for (String name : List.of("modeldeployments", "modelyard", "all")) {
      assertThat(kubectl.get("get", name, "-o", "name"))
          .contains("modeldeployment.modelyard.dev/digits");
    }

    assertThat(kubectl.get("explain", "mdep.spec.gpu.partition"))
        .contains("GROUP:      modelyard.dev", "MIG profile, such as 1g.10gb");
    assertThat(kubectl.get("explain", "mdep.spec.replicas")).contains("How many replicas serve");
    assertThat(kubectl.get("explain", "mdep.status")).contains("observedGeneration", "conditions");

    kubectl.get("scale", "mdep/digits", "--replicas=2");
    kubectl.get("wait", "--for=jsonpath={.status.ready}=2/2", "mdep/digits", "--timeout=180s");
    kubectl.get("wait", "--for=condition=Progressing=false", "mdep/digits", "--timeout=180s");
    kubectl.get("scale", "mdep/digits", "--replicas=0", "--current-replicas=2");
    kubectl.get(
        "wait", "--for=jsonpath={.status.phase}=ScaledToZero", "mdep/digits", "--timeout=60s");
    assertThat(kubectl.run("scale", "mdep/digits", "--replicas=-1").exit()).isNotZero();
    assertThat(kubectl.run("scale", "mdep/digits", "--replicas=1001").text())
        .contains("should be less than or equal to 1000");
    assertThat(kubectl.get("describe", "mdep/digits"))
        .contains("Reason:", "ScaledToZero", "Events:");
  }

  private static List<String> columns(String header) {
    return List.of(header.trim().split(" +"));
  }
}
