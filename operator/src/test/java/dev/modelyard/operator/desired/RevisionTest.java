package dev.modelyard.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.operator.testing.Golden;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The ids are written down: another operator version that hashes the same spec otherwise would
 * restart every model at its upgrade.
 */
class RevisionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "f7x4fhpph4 | {model: {uri: 'file:/m.onnx'}}",
        "f7x4fhpph4 | {replicas: 7, model: {uri: 'file:/m.onnx'}}",
        "f7x4fhpph4 | {model: {uri: 'file:/m.onnx', digest: null}, serving: {}, gpu: null}",
        "f7x4fhpph4 | {serving: {batching: {}}, model: {uri: 'file:/m.onnx'}, runtime: {env: [], labels: {}}}",
        "f7x4fhpph4 | {placement: {affinity: {}, tolerations: []}, model: {uri: 'file:/m.onnx'}}",
        "55v5l22hdm | {model: {uri: 'file:/m.onnx'}, resources: {limits: {cpu: 1, memory: 1Gi}}}",
        "55v5l22hdm | {resources: {requests: {}, limits: {memory: 1Gi, cpu: '1'}}, model: {uri: 'file:/m.onnx'}}",
        "bxrhqdvz74 | {model: {uri: 'file:/m.onnx'}, placement: {topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]}}",
        "cxx465fnsl | {model: {uri: 'file:/m.onnx'}, placement: {topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]}}",
        "wrlqbx2prn | {model: {uri: 'file:/m.onnx'}, gpu: {count: 1, products: [B, A]}}",
        "l8hpl779zf | {model: {uri: 'file:/m.onnx'}, gpu: {count: 1, products: [A, B]}}",
      })
  void hasTheIdOfTheTable(String id, String spec) throws IOException {
    assertThat(revision(spec).id()).isEqualTo(id);
  }

  @Test
  void replicasAreNoPartOfTheTemplate() throws IOException {
    Revision revision = revision("{replicas: 7, model: {uri: 'file:/m.onnx'}}");
    assertThat(revision.template().replicas()).isNull();
    assertThat(revision.templateJson()).isEqualTo("{\"model\":{\"uri\":\"file:/m.onnx\"}}");
  }

  @Test
  void aTemplateOfANewerOperatorIsReadAsFarAsItIsUnderstood() {
    assertThat(
            Revision.ofTemplateJson(
                    "{\"model\":{\"uri\":\"file:/m.onnx\",\"later\":1},\"later\":{}}")
                .templateJson())
        .isEqualTo("{\"model\":{\"uri\":\"file:/m.onnx\"}}");
  }

  @Test
  void whatIsNoTemplateIsRefused() {
    assertThatThrownBy(() -> Revision.ofTemplateJson("no"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ModelDeploymentSpec");
  }

  private static Revision revision(String spec) throws IOException {
    return Revision.of(Golden.YAML.readValue(spec, ModelDeploymentSpec.class));
  }
}
