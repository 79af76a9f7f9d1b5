package dev.modelyard.runtime.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.InferenceWorker;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.Tensor;
import dev.modelyard.runtime.inference.TensorMetadata;
import dev.modelyard.runtime.inference.TestModels;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class OnnxEngineTest {
  @TempDir Path folder;

  private static LoadedModel load(Path path, Map<String, String> properties) {
    return new OnnxEngine(TestModels.config(properties)).load(path);
  }

  private static void assertFails(
      Path path, Map<String, String> properties, FailureReason reason, String... messages) {
    assertThatThrownBy(() -> load(path, properties).close())
        .isInstanceOf(ModelFailure.class)
        .hasMessageContainingAll(messages)
        .extracting(e -> ((ModelFailure) e).reason())
        .isEqualTo(reason);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      mode = Mode.EXCLUDE,
      names = {"UINT16", "UINT32", "UINT64", "BYTES"})
  void givesBackEveryTypeUnchanged(DataType datatype) {
    byte[] bytes = new byte[6 * datatype.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (datatype == DataType.BOOL ? i % 2 : i + 1);
    }
    try (LoadedModel model =
            TestModels.load("identity_" + datatype.name().toLowerCase(Locale.ROOT));
        InferenceWorker worker = model.newWorker()) {
      Tensor first =
          Tensor.of("x", datatype, new long[] {1, 2}, ByteBuffer.wrap(bytes, 0, bytes.length / 3));
      Tensor rest =
          Tensor.of(
              "x",
              datatype,
              new long[] {2, 2},
              ByteBuffer.wrap(bytes, bytes.length / 3, 2 * bytes.length / 3));
      Tensor output = worker.predict(List.of(List.of(first), List.of(rest))).get(0);
      assertThat(model.inputs())
          .containsExactly(new TensorMetadata("x", datatype, List.of(-1L, 2L)));
      assertThat(output.datatype()).isEqualTo(datatype);
      assertThat(output.shape()).containsExactly(3, 2);
      assertThat(output.data()).isEqualTo(ByteBuffer.wrap(bytes));
    }
  }

  /** A model that adds what is in w.bin beside it. */
  private Path external(String location) throws IOException {
    String model = Files.readString(TestModels.file("external"), StandardCharsets.ISO_8859_1);
    Path file = Files.createDirectories(folder.resolve("model")).resolve("model.onnx");
    Files.writeString(file, model.replace("w.bin", location), StandardCharsets.ISO_8859_1);
    Files.write(file.resolveSibling("w.bin"), new byte[8]);
    Files.write(folder.resolve("ab"), new byte[8]);
    return file;
  }

  @Test
  void takesWeightsBesideTheModel() throws IOException {
    Path file = external("w.bin");
    assertThat(ExternalData.locations(file)).containsExactly("w.bin");
    load(file, Map.of()).close();
    load(file.getParent(), Map.of("modelyard.model.digest", "sha256:" + "0".repeat(64))).close();
  }

  /** ONNX Runtime would read them, and the model give them to every client. */
  @Test
  void readsNoFilesOutsideOfTheModel() throws IOException {
    assertFails(
        external("../ab"),
        Map.of(),
        FailureReason.SourceForbidden,
        "'model.onnx' keeps weights in '../ab', which is outside of the model's folder");
    Path file = external("w.bin");
    Files.delete(file.resolveSibling("w.bin"));
    Files.createSymbolicLink(file.resolveSibling("w.bin"), folder.resolve("ab"));
    assertFails(file, Map.of(), FailureReason.SourceForbidden, "outside");
    load(file, Map.of("modelyard.model.volume", folder.toString())).close();
  }

  @Test
  void readsNoWeightsThatTheDigestDoesNotCover() throws IOException {
    assertFails(
        external("w.bin"),
        Map.of("modelyard.model.digest", "sha256:" + "0".repeat(64)),
        FailureReason.SourceForbidden,
        "which the digest of this one file does not cover");
  }

  @Test
  void givesBackStrings() {
    try (LoadedModel model = TestModels.load("identity_bytes");
        InferenceWorker worker = model.newWorker()) {
      Tensor first = Tensor.ofStrings("x", new long[] {1, 2}, new String[] {"", "aé漢"});
      Tensor second = Tensor.ofStrings("x", new long[] {1, 2}, new String[] {"🙂", "b\n\"\\"});
      Tensor output = worker.predict(List.of(List.of(first), List.of(second))).get(0);
      assertThat(output.strings()).containsExactly("", "aé漢", "🙂", "b\n\"\\");
      assertThat(output.shape()).containsExactly(2, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"UINT16", "UINT32", "UINT64"})
  void refusesInputsThatJavaCannotMake(DataType datatype) {
    assertFails(
        TestModels.file("identity_" + datatype.name().toLowerCase(Locale.ROOT)),
        Map.of(),
        FailureReason.ModelLoadFailed,
        "input 'x' is " + datatype,
        "INT64");
  }

  @Test
  void takesScalars() {
    try (LoadedModel model = TestModels.load("scalar");
        InferenceWorker worker = model.newWorker()) {
      Tensor output =
          worker.predict(List.of(List.of(TestModels.floats("x", new long[0], 2)))).get(0);
      assertThat(output.shape()).isEmpty();
      assertThat(TestModels.floats(output)).containsExactly(4);
    }
  }

  @Test
  void takesEmptyBatches() {
    try (LoadedModel model = TestModels.load("identity_fp32");
        InferenceWorker worker = model.newWorker()) {
      Tensor output =
          worker.predict(List.of(List.of(TestModels.floats("x", new long[] {0, 2})))).get(0);
      assertThat(output.shape()).containsExactly(0, 2);
    }
  }

  @Test
  void namesEngineAndDevice() {
    try (LoadedModel model = TestModels.load("mlp")) {
      assertThat(model.engine()).isEqualTo("OnnxRuntime");
      assertThat(model.device()).isEqualTo("cpu");
      assertThat(model.leastWorkers()).isEqualTo(1);
    }
  }

  @Test
  void findsTheFileInAFolder() throws IOException {
    Path nested = Files.createDirectories(folder.resolve("a/b"));
    Files.copy(TestModels.file("mlp"), nested.resolve("net.onnx"));
    Files.writeString(folder.resolve("README.md"), "a model");
    try (LoadedModel model = load(folder, Map.of("modelyard.model.engine", "OnnxRuntime"))) {
      assertThat(model.inputs().get(0).name()).isEqualTo("pixels");
    }
  }

  @Test
  void prefersModelOnnx() throws IOException {
    Files.copy(TestModels.file("mlp"), folder.resolve("model.onnx"));
    Files.writeString(folder.resolve("other.onnx"), "not read");
    try (LoadedModel model = load(folder, Map.of())) {
      assertThat(model.inputs().get(0).name()).isEqualTo("pixels");
    }
  }

  @Test
  void saysWhichFileIsMissingOrTooMany() throws IOException {
    assertFails(folder, Map.of(), FailureReason.ModelLoadFailed, "no .onnx file");
    Files.writeString(folder.resolve("a.onnx"), "");
    Files.writeString(folder.resolve("b.onnx"), "");
    assertFails(folder, Map.of(), FailureReason.ModelLoadFailed, "a.onnx, b.onnx", "model.onnx");
  }

  @Test
  void saysWhatAFileOfAnotherKindShouldBe() throws IOException {
    Path file = Files.writeString(folder.resolve("model.pt"), "");
    assertFails(file, Map.of(), FailureReason.ModelLoadFailed, "'model.pt'", "*.onnx");
  }

  @Test
  void givesTheEnginesWordsForABrokenFile() throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), "not protobuf at all");
    assertFails(
        file,
        Map.of(),
        FailureReason.ModelLoadFailed,
        "ONNX Runtime cannot load 'model.onnx'",
        "Protobuf parsing failed");
  }

  @Test
  void refusesWhatThisImageLacks() {
    Path file = TestModels.file("mlp");
    assertFails(
        file,
        Map.of("modelyard.model.engine", "PyTorch"),
        FailureReason.InvalidConfiguration,
        "'PyTorch'",
        "OnnxRuntime");
    assertFails(
        file,
        Map.of("modelyard.model.task", "TextEmbedding"),
        FailureReason.InvalidConfiguration,
        "'TextEmbedding'",
        "Tensor");
  }

  /** The build has ONNX Runtime for the CPU alone; the CUDA image replaces it. */
  @Test
  void saysThatThereIsNoCuda() {
    assertFails(
        TestModels.file("mlp"),
        Map.of("modelyard.gpu.count", "1"),
        FailureReason.ModelLoadFailed,
        "gpu.count is 1",
        "CUDA image");
  }
}
