package dev.modelyard.bench.bare;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.FloatBuffer;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code examples/digits} in ONNX Runtime; one call of {@code run} a request. */
@Startup
@ApplicationScoped
public class DigitsModel {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /**
   * @param file the {@code .onnx} file
   */
  public DigitsModel(@ConfigProperty(name = "bare.model") String file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // Requests are what runs in parallel here; a model this small gains nothing from threads.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(file, options);
    }
  }

  /**
   * @param probabilities rows of 10
   * @param label one a row
   */
  record Prediction(float[] probabilities, long[] label) {}

  /**
   * Thread-safe.
   *
   * @param shape {@code [rows, 64]}
   */
  Prediction predict(FloatBuffer pixels, long[] shape) throws OrtException {
    try (OnnxTensor input = OnnxTensor.createTensor(environment, pixels, shape);
        OrtSession.Result result = session.run(Map.of("pixels", input))) {
      OnnxTensor probabilities = (OnnxTensor) result.get("probabilities").orElseThrow();
      OnnxTensor label = (OnnxTensor) result.get("label").orElseThrow();
      return new Prediction(probabilities.getFloatBuffer().array(), label.getLongBuffer().array());
    }
  }

  @PreDestroy
  void close() throws OrtException {
    session.close();
  }
}
