package dev.modelyard.bench.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.InferenceException;
import dev.modelyard.runtime.inference.InferenceWorker;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.Tensor;
import dev.modelyard.runtime.inference.onnx.OnnxEngine;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One batch of rows through the runtime's engine, which is DJL, and through ONNX Runtime's own API:
 * same model, same session options, same rows, from heap memory to heap memory.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EngineBenchmark {

  /** The rows of a batch. */
  @State(Scope.Thread)
  public static class Rows {
    @Param({"1", "32"})
    int batch;

    /** The repository. */
    @Param("")
    String repository;

    List<float[]> rows;
    Path model;

    @Setup
    public void read() throws IOException {
      Path digits = Path.of(repository, "examples", "digits");
      model = digits.resolve("1").resolve("model.onnx");
      rows =
          Holdout.read(digits.resolve("holdout.csv")).rows().stream()
              .limit(batch)
              .map(Holdout.Row::pixels)
              .toList();
    }
  }

  /** The engine of the runtime, with the settings that it has by default. */
  @State(Scope.Thread)
  public static class Djl {
    private LoadedModel model;
    private InferenceWorker worker;
    private List<List<Tensor>> requests;

    @Setup
    public void load(Rows rows) {
      RuntimeConfig config =
          new SmallRyeConfigBuilder()
              .withMapping(RuntimeConfig.class)
              .withSources(
                  new PropertiesConfigSource(
                      Map.of(
                          "modelyard.model.name", "digits",
                          "modelyard.model.revision", "bench",
                          "modelyard.model.uri", rows.model.toUri().toString()),
                      "benchmark",
                      100))
              .build()
              .getConfigMapping(RuntimeConfig.class);
      model = new OnnxEngine(config).load(rows.model);
      worker = model.newWorker();
      requests = new ArrayList<>();
      for (float[] row : rows.rows) {
        ByteBuffer data =
            ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(row);
        requests.add(List.of(Tensor.of("pixels", DataType.FP32, new long[] {1, row.length}, data)));
      }
    }

    @TearDown
    public void close() {
      worker.close();
      model.close();
    }
  }

  /** A session with the options that {@link OnnxEngine} sets. */
  @State(Scope.Thread)
  public static class Ort {
    private OrtEnvironment environment;
    private OrtSession session;
    private FloatBuffer pixels;
    private long[] shape;

    @Setup
    public void load(Rows rows) throws OrtException {
      environment = OrtEnvironment.getEnvironment();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        session = environment.createSession(rows.model.toString(), options);
      }
      pixels =
          ByteBuffer.allocateDirect(rows.batch * Holdout.PIXELS * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      shape = new long[] {rows.batch, Holdout.PIXELS};
    }

    @TearDown
    public void close() throws OrtException {
      session.close();
    }
  }

  /**
   * @param probabilities rows of 10
   * @param label one a row
   */
  public record Prediction(float[] probabilities, long[] label) {}

  @Benchmark
  public List<Tensor> djl(Djl djl) throws InferenceException {
    return djl.worker.predict(djl.requests);
  }

  @Benchmark
  public Prediction ort(Rows rows, Ort ort) throws OrtException {
    ort.pixels.clear();
    for (float[] row : rows.rows) {
      ort.pixels.put(row);
    }
    ort.pixels.flip();
    try (OnnxTensor input = OnnxTensor.createTensor(ort.environment, ort.pixels, ort.shape);
        OrtSession.Result result = ort.session.run(Map.of("pixels", input))) {
      return new Prediction(
          ((OnnxTensor) result.get(0)).getFloatBuffer().array(),
          ((OnnxTensor) result.get(1)).getLongBuffer().array());
    }
  }
}
