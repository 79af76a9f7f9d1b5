package dev.modelyard.operator.desired;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Quantities as the API server writes them back: no fraction, the largest suffix that leaves a
 * whole number. Source: {@code CanonicalizeBytes} in k8s.io/apimachinery/pkg/api/resource. What is
 * not canonical would look changed at every comparison.
 */
final class Quantities {
  private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  private static final String[] DECIMAL = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  private static final Pattern EXPONENT = Pattern.compile("[eE][-+]?[0-9]+");
  private static final int NANO = -9;
  private static final BigInteger KIBI = BigInteger.valueOf(1024);
  private static final BigInteger KILO = BigInteger.valueOf(1000);

  private Quantities() {}

  static Map<String, Quantity> canonical(Map<String, Quantity> quantities) {
    Map<String, Quantity> canonical = new TreeMap<>();
    quantities.forEach((name, quantity) -> canonical.put(name, canonical(quantity)));
    return canonical;
  }

  static Quantity canonical(Quantity quantity) {
    BigDecimal amount = amount(quantity);
    String format = format(quantity);
    if (format.endsWith("i")
        && amount.stripTrailingZeros().scale() <= 0
        && amount.abs().compareTo(new BigDecimal(KIBI)) >= 0) {
      return largest(amount.toBigIntegerExact(), KIBI, BINARY, 0);
    }
    // Finer than nano is rounded up, as Kubernetes does.
    BigInteger nanos =
        amount.movePointRight(-NANO).setScale(0, RoundingMode.UP).toBigIntegerExact();
    if (!EXPONENT.matcher(format).matches()) {
      return largest(nanos, KILO, DECIMAL, 0);
    }
    String[] exponents = new String[DECIMAL.length];
    for (int i = 0; i < exponents.length; i++) {
      int exponent = NANO + 3 * i;
      exponents[i] = exponent == 0 ? "" : "e" + exponent;
    }
    return largest(nanos, KILO, exponents, 0);
  }

  /**
   * The amount in base units. Exact, which {@code Quantity.getNumericalAmount} is not beyond 16
   * digits.
   */
  static BigDecimal amount(Quantity quantity) {
    BigDecimal number = new BigDecimal(Quantity.parse(quantity.toString()).getAmount());
    String format = format(quantity);
    if (EXPONENT.matcher(format).matches()) {
      return number.scaleByPowerOfTen(Integer.parseInt(format.substring(1)));
    }
    int binary = List.of(BINARY).indexOf(format);
    int decimal = List.of(DECIMAL).indexOf(format);
    if (binary < 0 && decimal < 0) {
      throw new IllegalArgumentException(
          "'" + quantity + "' is not a quantity: write a number such as 500m, 2 or 4Gi");
    }
    return binary > 0
        ? number.multiply(new BigDecimal(KIBI.pow(binary)))
        : number.scaleByPowerOfTen(NANO + 3 * decimal);
  }

  private static String format(Quantity quantity) {
    String format = Quantity.parse(quantity.toString()).getFormat();
    return format == null ? "" : format;
  }

  /** Bytes as a canonical binary quantity. */
  static Quantity bytes(long bytes) {
    return largest(BigInteger.valueOf(bytes), KIBI, BINARY, 0);
  }

  private static Quantity largest(
      BigInteger mantissa, BigInteger base, String[] suffixes, int index) {
    if (mantissa.signum() == 0) {
      return new Quantity("0");
    }
    BigInteger[] divided = mantissa.divideAndRemainder(base);
    if (divided[1].signum() == 0 && index < suffixes.length - 1) {
      return largest(divided[0], base, suffixes, index + 1);
    }
    return Quantity.parse(mantissa + suffixes[index]);
  }
}
