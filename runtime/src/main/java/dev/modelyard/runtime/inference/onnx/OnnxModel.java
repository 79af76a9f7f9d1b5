package dev.modelyard.runtime.inference.onnx;

import ai.djl.Device;
import ai.djl.Model;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.modelyard.runtime.inference.BatchingDecision;
import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.InferenceWorker;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.TensorMetadata;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** An ONNX model: one DJL model a device. */
final class OnnxModel implements LoadedModel {
  private final List<Model> models;
  private final BatchingDecision batching;
  private final List<TensorMetadata> inputs;
  private final List<TensorMetadata> outputs;
  private final AtomicInteger next = new AtomicInteger();

  OnnxModel(List<Model> models, OrtSession session, BatchingDecision batching) throws OrtException {
    this.models = List.copyOf(models);
    this.batching = batching;
    inputs = describe("input", session.getInputInfo().values());
    outputs = describe("output", session.getOutputInfo().values());
    for (TensorMetadata input : inputs) {
      if (!OnnxTypes.canBeInput(input.datatype())) {
        throw new ModelFailure(
            FailureReason.ModelLoadFailed,
            ("input '%s' is %s, which ONNX Runtime's Java API cannot make; let the model take INT32"
                    + " or INT64 and cast it inside")
                .formatted(input.name(), input.datatype()));
      }
    }
    if (inputs.isEmpty()) {
      throw new ModelFailure(FailureReason.ModelLoadFailed, "the model has no inputs");
    }
  }

  private static List<TensorMetadata> describe(String what, Collection<NodeInfo> nodes) {
    return nodes.stream().map(node -> describe(what, node)).toList();
  }

  private static TensorMetadata describe(String what, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new ModelFailure(
          FailureReason.ModelLoadFailed,
          ("%s '%s' is a sequence or a map, not a tensor; export the model so that it gives tensors"
                  + " (scikit-learn: zipmap=False)")
              .formatted(what, node.getName()));
    }
    DataType datatype =
        OnnxTypes.datatype(info)
            .orElseThrow(
                () ->
                    new ModelFailure(
                        FailureReason.ModelLoadFailed,
                        "%s '%s' has the type %s, which the inference protocol does not know"
                            .formatted(what, node.getName(), info.onnxType)));
    List<Long> shape =
        Arrays.stream(info.getShape()).map(size -> Math.max(-1, size)).boxed().toList();
    return new TensorMetadata(node.getName(), datatype, shape);
  }

  @Override
  public String engine() {
    return OnnxEngine.NAME;
  }

  @Override
  public String device() {
    return models.stream()
        .map(model -> name(model.getNDManager().getDevice()))
        .collect(Collectors.joining(","));
  }

  private static String name(Device device) {
    return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
  }

  @Override
  public List<TensorMetadata> inputs() {
    return inputs;
  }

  @Override
  public List<TensorMetadata> outputs() {
    return outputs;
  }

  @Override
  public BatchingDecision batching() {
    return batching;
  }

  @Override
  public int leastWorkers() {
    return models.size();
  }

  @Override
  public InferenceWorker newWorker() {
    Model model = models.get(Math.floorMod(next.getAndIncrement(), models.size()));
    return new OnnxWorker(model, inputs, outputs);
  }

  @Override
  public void close() {
    models.forEach(Model::close);
  }
}
