package dev.modelyard.runtime.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.modelyard.runtime.inference.InferenceException;
import dev.modelyard.runtime.inference.InferenceException.Kind;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The elements of a string tensor as UTF-8, through ONNX Runtime's C API.
 *
 * <p>Its Java API converts with JNI's modified UTF-8, in which characters above U+FFFF are other
 * bytes: a model got other text than the client sent, and an emoji that it gave came as "ð".
 */
final class NativeStrings {
  // Places in the C API's table of functions, which only ever grows at its end.
  private static final int GET_ERROR_MESSAGE = 2;
  private static final int FILL_STRING_TENSOR = 52;
  private static final int GET_STRING_TENSOR_DATA_LENGTH = 53;
  private static final int GET_STRING_TENSOR_CONTENT = 54;
  private static final int RELEASE_STATUS = 93;

  private static final Field TENSOR = field(OnnxTensorLike.class, "nativeHandle");

  /** Read at the first tensor, thus after the library is loaded. */
  private static final Pointer API = api();

  private NativeStrings() {}

  /**
   * @param strings without U+0000, which would end a string, and without lone surrogates
   */
  static void write(OnnxTensor tensor, String[] strings) {
    if (strings.length == 0) {
      return;
    }
    byte[][] encoded = new byte[strings.length][];
    long size = (long) strings.length * Native.POINTER_SIZE;
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] = strings[i].getBytes(StandardCharsets.UTF_8);
      size += encoded[i].length + 1L;
    }
    try (Memory memory = new Memory(size)) {
      long at = (long) strings.length * Native.POINTER_SIZE;
      for (int i = 0; i < encoded.length; i++) {
        memory.setPointer((long) i * Native.POINTER_SIZE, memory.share(at));
        memory.write(at, encoded[i], 0, encoded[i].length);
        memory.setByte(at + encoded[i].length, (byte) 0);
        at += encoded[i].length + 1L;
      }
      call(FILL_STRING_TENSOR, handle(tensor), memory, (long) strings.length);
    }
  }

  /**
   * @param name of the output, for messages
   * @throws InferenceException {@code ENGINE_FAILED} where an element is not UTF-8
   */
  static String[] read(String name, OnnxTensor tensor) {
    int count = Math.toIntExact(tensor.getInfo().getNumElements());
    String[] strings = new String[count];
    if (count == 0) {
      return strings;
    }
    try (Memory length = new Memory(Long.BYTES);
        Memory offsets = new Memory((long) count * Long.BYTES)) {
      call(GET_STRING_TENSOR_DATA_LENGTH, handle(tensor), length);
      int size = Math.toIntExact(length.getLong(0));
      try (Memory content = new Memory(Math.max(1, size))) {
        call(
            GET_STRING_TENSOR_CONTENT, handle(tensor), content, (long) size, offsets, (long) count);
        ByteBuffer bytes = content.getByteBuffer(0, size);
        for (int i = 0; i < count; i++) {
          int from = (int) offsets.getLong((long) i * Long.BYTES);
          int to = i + 1 < count ? (int) offsets.getLong((i + 1L) * Long.BYTES) : size;
          strings[i] = text(name, i, bytes.slice(from, to - from));
        }
      }
    }
    return strings;
  }

  private static String text(String name, int element, ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw InferenceException.of(
          Kind.ENGINE_FAILED,
          "output '%s': element %d that the model gave is not UTF-8, so it is no text"
              .formatted(name, element));
    }
  }

  private static void call(int function, Object... arguments) {
    Pointer status = (Pointer) function(function).invoke(Pointer.class, arguments);
    if (status != null) {
      String message =
          function(GET_ERROR_MESSAGE).invokePointer(new Object[] {status}).getString(0, "UTF-8");
      function(RELEASE_STATUS).invokeVoid(new Object[] {status});
      throw new IllegalStateException("ONNX Runtime: " + message);
    }
  }

  private static Function function(int place) {
    return Function.getFunction(API.getPointer((long) place * Native.POINTER_SIZE));
  }

  private static Pointer handle(OnnxTensor tensor) {
    try {
      return new Pointer(TENSOR.getLong(tensor));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("ONNX Runtime's tensors hide their handle", e);
    }
  }

  private static Pointer api() {
    try {
      Field handle = field(Class.forName("ai.onnxruntime.OnnxRuntime"), "ortApiHandle");
      return new Pointer(handle.getLong(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("ONNX Runtime's Java API hides its C API", e);
    }
  }

  /** Neither is public in ONNX Runtime 1.21. */
  private static Field field(Class<?> owner, String name) {
    try {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(owner.getName() + " has no " + name + " any more", e);
    }
  }
}
