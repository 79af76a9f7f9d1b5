package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both sides of the comparison must compute the same, or it compares nothing. */
class EngineBenchmarkTest {
  @Test
  void bothSidesGiveTheSameNumbers() throws Exception {
    EngineBenchmark benchmark = new EngineBenchmark();
    EngineBenchmark.Rows rows = new EngineBenchmark.Rows();
    rows.batch = 32;
    rows.repository = Path.of("../..").toAbsolutePath().normalize().toString();
    rows.read();
    EngineBenchmark.Djl djl = new EngineBenchmark.Djl();
    EngineBenchmark.Ort ort = new EngineBenchmark.Ort();
    djl.load(rows);
    ort.load(rows);
    try {
      EngineBenchmark.Prediction expected = benchmark.ort(rows, ort);
      List<Tensor> outputs = benchmark.djl(djl);
      float[] probabilities = new float[expected.probabilities().length];
      elements(outputs.get(0)).asFloatBuffer().get(probabilities);
      long[] label = new long[expected.label().length];
      elements(outputs.get(1)).asLongBuffer().get(label);
      assertThat(probabilities).hasSize(320).containsExactly(expected.probabilities());
      assertThat(label).hasSize(32).containsExactly(expected.label());
    } finally {
      djl.close();
      ort.close();
    }
  }

  private static ByteBuffer elements(Tensor tensor) {
    return tensor.data().duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
  }
}
