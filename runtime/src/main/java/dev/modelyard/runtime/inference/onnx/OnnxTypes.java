package dev.modelyard.runtime.inference.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDArray;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Tensors to DJL's arrays and back, for every type that ONNX Runtime's Java API knows. */
final class OnnxTypes {
  private static final Method WRAP = wrap();

  private OnnxTypes() {}

  /** The protocol's name of the type; empty for one that the protocol lacks, as complex numbers. */
  static Optional<DataType> datatype(TensorInfo info) {
    // Not OnnxJavaType: it shows unsigned types as the signed ones of the same size.
    return Optional.ofNullable(
        switch (info.onnxType) {
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataType.UINT16;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataType.UINT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataType.UINT64;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.BF16;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.BYTES;
          default -> null;
        });
  }

  /** Whether ONNX Runtime's Java API can make a tensor of the type: not the wide unsigned ones. */
  static boolean canBeInput(DataType datatype) {
    return switch (datatype) {
      case UINT16, UINT32, UINT64 -> false;
      default -> true;
    };
  }

  /**
   * @param data direct, in native order, exactly the elements; must outlive the array
   */
  static NDArray array(OrtNDManager manager, DataType datatype, long[] shape, ByteBuffer data)
      throws OrtException {
    if (datatype == DataType.INT16) {
      OnnxTensor tensor =
          OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), data, shape, OnnxJavaType.INT16);
      return wrap(manager, tensor);
    }
    return manager.create(data, new Shape(shape), djl(datatype));
  }

  static NDArray array(OrtNDManager manager, long[] shape, String[] strings) {
    String[] empty = new String[strings.length];
    Arrays.fill(empty, "");
    NDArray array = manager.create(empty, StandardCharsets.UTF_8, new Shape(shape));
    NativeStrings.write(((OrtNDArray) array).getTensor(), strings);
    return array;
  }

  /** Copies an output out of the engine's memory. */
  static Tensor tensor(String name, DataType datatype, NDArray array) {
    OnnxTensor tensor = ((OrtNDArray) array).getTensor();
    long[] shape = tensor.getInfo().getShape();
    if (datatype == DataType.BYTES) {
      return Tensor.ofStrings(name, shape, NativeStrings.read(name, tensor));
    }
    return Tensor.of(name, datatype, shape, tensor.getByteBuffer());
  }

  private static ai.djl.ndarray.types.DataType djl(DataType datatype) {
    return switch (datatype) {
      case BOOL -> ai.djl.ndarray.types.DataType.BOOLEAN;
      case UINT8 -> ai.djl.ndarray.types.DataType.UINT8;
      case INT8 -> ai.djl.ndarray.types.DataType.INT8;
      case INT32 -> ai.djl.ndarray.types.DataType.INT32;
      case INT64 -> ai.djl.ndarray.types.DataType.INT64;
      case FP16 -> ai.djl.ndarray.types.DataType.FLOAT16;
      case BF16 -> ai.djl.ndarray.types.DataType.BFLOAT16;
      case FP32 -> ai.djl.ndarray.types.DataType.FLOAT32;
      case FP64 -> ai.djl.ndarray.types.DataType.FLOAT64;
      case INT16, UINT16, UINT32, UINT64, BYTES ->
          throw new IllegalArgumentException(datatype + " is not made from a buffer by DJL");
    };
  }

  private static NDArray wrap(OrtNDManager manager, OnnxTensor tensor) {
    try {
      return (NDArray) WRAP.invoke(manager, tensor);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("DJL's OrtNDManager.createInternal failed", e);
    }
  }

  /** DJL 0.36 makes no INT16 array, but can wrap one: a method that is not public. */
  private static Method wrap() {
    try {
      Method method = OrtNDManager.class.getDeclaredMethod("createInternal", OnnxTensor.class);
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("DJL's OrtNDManager has no createInternal any more", e);
    }
  }
}
