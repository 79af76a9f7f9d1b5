package dev.modelyard.runtime.inference;

import java.nio.ByteBuffer;
import java.util.function.DoublePredicate;

/** Numbers of the floating-point types, FP16 and BF16 among them. */
public final class Floats {
  private Floats() {}

  public static boolean isFloat(DataType datatype) {
    return switch (datatype) {
      case FP16, BF16, FP32, FP64 -> true;
      default -> false;
    };
  }

  /** The element of a floating-point tensor, as a double. */
  public static double at(Tensor tensor, int index) {
    ByteBuffer data = tensor.data();
    return switch (tensor.datatype()) {
      case FP16 -> fromHalf(data.getShort(index * 2));
      case BF16 -> fromBfloat(data.getShort(index * 2));
      case FP32 -> data.getFloat(index * 4);
      case FP64 -> data.getDouble(index * 8);
      default -> throw new IllegalArgumentException(tensor.datatype() + " is not a float");
    };
  }

  /** The index of the first NaN or infinity; -1 where there is none. */
  public static int firstNotFinite(Tensor tensor) {
    return first(tensor, number -> !Double.isFinite(number));
  }

  /** The index of the first infinity; -1 where there is none. */
  public static int firstInfinite(Tensor tensor) {
    return first(tensor, Double::isInfinite);
  }

  private static int first(Tensor tensor, DoublePredicate wanted) {
    if (!isFloat(tensor.datatype())) {
      return -1;
    }
    int elements = tensor.data().capacity() / tensor.datatype().size();
    for (int i = 0; i < elements; i++) {
      if (wanted.test(at(tensor, i))) {
        return i;
      }
    }
    return -1;
  }

  /** IEEE 754 binary16. */
  public static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
  }

  /** To the nearest binary16, ties to even; too large becomes infinite. */
  public static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    float magnitude = Math.abs(value);
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int rest = bits & 0x7fffffff;
    int rounded = rest + 0xfff + ((rest >>> 13) & 1);
    return (short) (sign | (rounded - (112 << 23)) >>> 13);
  }

  /** The upper half of a float. */
  public static float fromBfloat(short bfloat) {
    return Float.intBitsToFloat(bfloat << 16);
  }

  /** To the nearest bfloat16, ties to even; too large becomes infinite. */
  public static short toBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
