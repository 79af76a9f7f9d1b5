package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowDifferenceTest {
  /** The second element is compared; the first, 100, is what it is relative to. */
  @ParameterizedTest
  @CsvSource({
    "FP32, 0.5, 0.6, true",
    "FP32, 0.5, 0.9, false",
    "FP64, 0.5, 0.9, false",
    "FP16, 0.5, 1.25, true",
    "FP16, 0.5, 2, false",
    "BF16, 0.5, 5, true",
    "BF16, 0.5, 6, false",
    "FP32, NaN, NaN, true",
    "FP32, NaN, 0, false",
    "FP32, 0, NaN, false",
    "FP32, Infinity, Infinity, true",
    "FP32, Infinity, -Infinity, false",
    "FP32, 0, Infinity, false",
    "FP32, 0, -0.0, true",
  })
  void numbersMayDifferByWhatTheTypeResolves(
      DataType datatype, double batched, double alone, boolean agree) {
    assertThat(
            RowDifference.between(
                List.of(floats(datatype, batched)), List.of(floats(datatype, alone))))
        .as("%s %s, alone %s", datatype, batched, alone)
        .matches(difference -> difference.isEmpty() == agree);
  }

  @Test
  void saysWhichOutputAndWhichNumber() {
    Tensor same = TestModels.floats("a", new long[] {1, 1}, 7);
    assertThat(
            RowDifference.between(
                List.of(same, TestModels.floats("y", new long[] {1, 2}, 1, 0.5f)),
                List.of(same, TestModels.floats("y", new long[] {1, 2}, 1, 0.25f))))
        .contains("output 'y', 0.5 instead of 0.25");
  }

  @Test
  void nothingIsRelativeToZeros() {
    assertThat(
            RowDifference.between(
                List.of(TestModels.floats("y", new long[] {1, 2}, 0, 1e-4f)),
                List.of(TestModels.floats("y", new long[] {1, 2}, 0, 0))))
        .contains("output 'y', 1.0E-4 instead of 0.0");
  }

  @Test
  void wholeNumbersTextsAndShapesAreEqualOrNot() {
    assertThat(
            RowDifference.between(
                List.of(TestModels.longs("label", 3, 7)), List.of(TestModels.longs("label", 3, 8))))
        .contains("output 'label', 7 instead of 8");
    assertThat(
            RowDifference.between(
                List.of(TestModels.longs("label", 3)), List.of(TestModels.longs("label", 3, 8))))
        .contains("output 'label', shape [1] instead of [2]");
    assertThat(RowDifference.between(List.of(text("cat")), List.of(text("cat")))).isEmpty();
    assertThat(RowDifference.between(List.of(text("cat")), List.of(text("dog"))))
        .contains("output 'y', another text");
  }

  private static Tensor text(String value) {
    return Tensor.ofStrings("y", new long[] {1}, new String[] {value});
  }

  private static Tensor floats(DataType datatype, double value) {
    ByteBuffer data = ByteBuffer.allocate(2 * datatype.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (double each : new double[] {100, value}) {
      switch (datatype) {
        case FP16 -> data.putShort(Floats.toHalf((float) each));
        case BF16 -> data.putShort(Floats.toBfloat((float) each));
        case FP32 -> data.putFloat((float) each);
        default -> data.putDouble(each);
      }
    }
    return Tensor.of("y", datatype, new long[] {1, 2}, data.rewind());
  }
}
