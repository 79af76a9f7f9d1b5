package dev.modelyard.operator.desired;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;

/**
 * Quantities as the API server writes them back: no fraction, the largest suffix that leaves a
 * whole number. Source: {@code CanonicalizeBytes} in k8s.io/apimachinery/pkg/api/resource. What is
 * not canonical would look changed at every comparison.
 */
final class Quantities {
  private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  private static final String[] DECIMAL = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
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
    Quantity parsed = Quantity.parse(quantity.toString());
    BigDecimal amount = parsed.getNumericalAmount();
    String format = parsed.getFormat() == null ? "" : parsed.getFormat();
    if (format.endsWith("i")
        && isWhole(amount)
        && amount.abs().compareTo(new BigDecimal(KIBI)) >= 0) {
      return largest(amount.toBigIntegerExact(), KIBI, BINARY, 0);
    }
    // Finer than nano is rounded up, as Kubernetes does.
    BigInteger nanos =
        amount.movePointRight(-NANO).setScale(0, java.math.RoundingMode.UP).toBigIntegerExact();
    if (!format.matches("[eE][-+]?[0-9]+")) {
      return largest(nanos, KILO, DECIMAL, 0);
    }
    String[] exponents = new String[DECIMAL.length];
    for (int i = 0; i < exponents.length; i++) {
      int exponent = NANO + 3 * i;
      exponents[i] = exponent == 0 ? "" : "e" + exponent;
    }
    return largest(nanos, KILO, exponents, 0);
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

  private static boolean isWhole(BigDecimal number) {
    return number.stripTrailingZeros().scale() <= 0;
  }
}
