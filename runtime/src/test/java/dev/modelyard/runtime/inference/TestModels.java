package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.config.BatchingMode;
import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.inference.onnx.OnnxEngine;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The models of {@code src/test/models/make_models.py}, and the options to serve them with. */
public final class TestModels {
  public static final ServingOptions OPTIONS =
      new ServingOptions(
          BatchingMode.Auto, 32, Duration.ZERO, 1000, 256L << 20, Duration.ofSeconds(30), 1);

  /** {@link #OPTIONS}, where the user says that rows are independent. */
  public static final ServingOptions DECLARED =
      new ServingOptions(
          BatchingMode.Declared, 32, Duration.ZERO, 1000, 256L << 20, Duration.ofSeconds(30), 1);

  private TestModels() {}

  public static Path file(String name) {
    try {
      return Path.of(TestModels.class.getResource("/models/" + name + ".onnx").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static LoadedModel load(String name) {
    return load(file(name));
  }

  public static LoadedModel load(Path file) {
    return new OnnxEngine(config(Map.of())).load(file);
  }

  /** The configuration with some of its properties set, such as {@code modelyard.gpu.count}. */
  public static RuntimeConfig config(Map<String, String> overrides) {
    Map<String, String> properties = new HashMap<>();
    properties.put("modelyard.model.name", "digits");
    properties.put("modelyard.model.revision", "abc");
    properties.put("modelyard.model.uri", "file:/model.onnx");
    properties.putAll(overrides);
    return new SmallRyeConfigBuilder()
        .withMapping(RuntimeConfig.class)
        .withDefaultValues(properties)
        .build()
        .getConfigMapping(RuntimeConfig.class);
  }

  public static Tensor floats(String name, long[] shape, float... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return Tensor.of(name, DataType.FP32, shape, data);
  }

  public static Tensor longs(String name, long... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    data.asLongBuffer().put(values);
    return Tensor.of(name, DataType.INT64, new long[] {values.length}, data);
  }

  public static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.data().capacity() / 4];
    tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
