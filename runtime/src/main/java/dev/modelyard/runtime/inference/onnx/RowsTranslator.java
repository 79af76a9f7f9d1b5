package dev.modelyard.runtime.inference.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import ai.onnxruntime.OrtException;
import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.Tensor;
import dev.modelyard.runtime.inference.TensorMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Concatenates the rows of several requests into one direct buffer an input. DJL's {@link
 * Batchifier#STACK} would need a second engine to do so, and is many times slower.
 */
final class RowsTranslator implements NoBatchifyTranslator<List<List<Tensor>>, List<Tensor>> {
  /** Larger buffers are left to the garbage collector, so that one large request costs once. */
  private static final int LARGEST_KEPT = 32 << 20;

  private final List<TensorMetadata> inputs;
  private final List<TensorMetadata> outputs;
  private final ByteBuffer[] kept;

  RowsTranslator(List<TensorMetadata> inputs, List<TensorMetadata> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    kept = new ByteBuffer[inputs.size()];
  }

  @Override
  public NDList processInput(TranslatorContext context, List<List<Tensor>> requests)
      throws OrtException {
    OrtNDManager manager = (OrtNDManager) context.getNDManager();
    NDList list = new NDList(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      TensorMetadata input = inputs.get(i);
      long[] shape = shape(requests, i);
      NDArray array =
          input.datatype() == DataType.BYTES
              ? OnnxTypes.array(manager, shape, strings(requests, i))
              : OnnxTypes.array(manager, input.datatype(), shape, concatenated(requests, i));
      array.setName(input.name());
      list.add(array);
    }
    return list;
  }

  private static long[] shape(List<List<Tensor>> requests, int input) {
    long[] first = requests.get(0).get(input).shape();
    if (requests.size() == 1) {
      return first;
    }
    long[] shape = first.clone();
    for (int i = 1; i < requests.size(); i++) {
      shape[0] += requests.get(i).get(input).shape()[0];
    }
    return shape;
  }

  private ByteBuffer concatenated(List<List<Tensor>> requests, int input) {
    int bytes = 0;
    for (List<Tensor> request : requests) {
      bytes = Math.addExact(bytes, request.get(input).data().capacity());
    }
    ByteBuffer buffer = buffer(input, bytes);
    int position = 0;
    for (List<Tensor> request : requests) {
      ByteBuffer rows = request.get(input).data();
      buffer.put(position, rows, 0, rows.capacity());
      position += rows.capacity();
    }
    return buffer;
  }

  private ByteBuffer buffer(int input, int bytes) {
    ByteBuffer buffer = kept[input];
    if (buffer == null || buffer.capacity() < bytes) {
      int capacity =
          bytes > LARGEST_KEPT ? bytes : Math.max(1024, Integer.highestOneBit(bytes) * 2);
      buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
      if (capacity <= LARGEST_KEPT) {
        kept[input] = buffer;
      }
    }
    return buffer.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String[] strings(List<List<Tensor>> requests, int input) {
    if (requests.size() == 1) {
      return requests.get(0).get(input).strings();
    }
    List<String> strings = new ArrayList<>();
    for (List<Tensor> request : requests) {
      strings.addAll(List.of(request.get(input).strings()));
    }
    return strings.toArray(String[]::new);
  }

  @Override
  public List<Tensor> processOutput(TranslatorContext context, NDList list) throws OrtException {
    List<Tensor> tensors = new ArrayList<>(outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      TensorMetadata output = outputs.get(i);
      tensors.add(OnnxTypes.tensor(output.name(), output.datatype(), list.get(i)));
    }
    return tensors;
  }
}
