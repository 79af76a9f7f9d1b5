package dev.modelyard.runtime.inference.onnx;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OrtException;
import dev.modelyard.runtime.inference.InferenceException;
import dev.modelyard.runtime.inference.InferenceException.Kind;
import dev.modelyard.runtime.inference.InferenceWorker;
import dev.modelyard.runtime.inference.Tensor;
import dev.modelyard.runtime.inference.TensorMetadata;
import java.util.List;

/** A DJL predictor with our translator. */
final class OnnxWorker implements InferenceWorker {
  private final Predictor<List<List<Tensor>>, List<Tensor>> predictor;

  OnnxWorker(Model model, List<TensorMetadata> inputs, List<TensorMetadata> outputs) {
    predictor = model.newPredictor(new RowsTranslator(inputs, outputs));
  }

  @Override
  public List<Tensor> predict(List<List<Tensor>> requests) throws InferenceException {
    try {
      return predictor.predict(requests);
    } catch (TranslateException e) {
      OrtException cause = find(e);
      boolean input =
          cause != null && cause.getCode() == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT;
      String message = "the model failed: " + (cause == null ? root(e) : cause.getMessage());
      throw InferenceException.of(input ? Kind.INVALID_INPUT : Kind.ENGINE_FAILED, message, e);
    }
  }

  private static OrtException find(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof OrtException found) {
        return found;
      }
    }
    return null;
  }

  private static Throwable root(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  @Override
  public void close() {
    predictor.close();
  }
}
