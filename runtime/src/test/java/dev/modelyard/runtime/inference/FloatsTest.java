package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatsTest {
  @Test
  void everyHalfSurvivesTheWayThroughAFloat() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      short half = (short) bits;
      float wide = Floats.fromHalf(half);
      if (!Float.isNaN(wide)) {
        assertThat(Floats.toHalf(wide)).isEqualTo(half);
      }
    }
  }

  /** Examples of IEEE 754 binary16. */
  @ParameterizedTest
  @CsvSource({
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0400, 6.103515625e-5",
    "0x0001, 5.9604645e-8",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x3555, 0.33325195"
  })
  void readsHalves(String bits, float value) {
    assertThat(Floats.fromHalf((short) (int) Integer.decode(bits))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "1.00048828125, 0x3c00",
    "1.00146484375, 0x3c02",
    "65519, 0x7bff",
    "65520, 0x7c00",
    "2.9802322e-8, 0x0000",
    "6.0975552e-5, 0x03ff",
    "6.1034e-5, 0x0400"
  })
  void roundsHalvesToTheNearestAndTiesToEven(float value, String bits) {
    assertThat(Floats.toHalf(value)).isEqualTo((short) (int) Integer.decode(bits));
  }

  @ParameterizedTest
  @CsvSource({"1, 0x3f80", "-2, 0xc000", "1.00390625, 0x3f80", "1.01171875, 0x3f82"})
  void roundsBfloats(float value, String bits) {
    assertThat(Floats.toBfloat(value)).isEqualTo((short) (int) Integer.decode(bits));
  }

  @Test
  void notANumberStaysNotANumber() {
    assertThat(Floats.fromHalf(Floats.toHalf(Float.NaN))).isNaN();
    assertThat(Floats.fromBfloat(Floats.toBfloat(Float.NaN))).isNaN();
  }
}
