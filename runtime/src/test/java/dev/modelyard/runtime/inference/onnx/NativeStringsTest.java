package dev.modelyard.runtime.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.InferenceWorker;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.Tensor;
import dev.modelyard.runtime.inference.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Text is the same in the client, in Java and in the model. */
class NativeStringsTest {
  private static Tensor predict(String name, Tensor input) {
    try (LoadedModel model = TestModels.load(name);
        InferenceWorker worker = model.newWorker()) {
      return worker.predict(List.of(List.of(input))).get(0);
    }
  }

  @Test
  void givesTheModelTheCharactersThatWereSent() {
    String[] strings = {"😀", "日本", "é", "x"};
    Tensor output = predict("emoji-in", Tensor.ofStrings("x", new long[] {4, 1}, strings));
    assertThat(output.data()).isEqualTo(longs(11, 13, 14, -1));
  }

  private static ByteBuffer longs(long... values) {
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES * values.length);
    buffer.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return buffer;
  }

  @Test
  void givesTheClientTheCharactersOfTheModel() {
    ByteBuffer zero = ByteBuffer.allocate(Long.BYTES);
    Tensor input = Tensor.of("x", DataType.INT64, new long[] {1, 1}, zero);
    assertThat(predict("emoji-out", input).strings()).containsExactly("😀");
  }

  @Test
  void keepsNoStringsAtAll() {
    Tensor output =
        predict("identity_bytes", Tensor.ofStrings("x", new long[] {0, 2}, new String[0]));
    assertThat(output.shape()).containsExactly(0, 2);
    assertThat(output.strings()).isEmpty();
  }
}
