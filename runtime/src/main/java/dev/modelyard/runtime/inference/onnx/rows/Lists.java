package dev.modelyard.runtime.inference.onnx.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Follows sizes through what exporters compute with them: Shape, Gather, Concat, … to a Reshape.
 */
final class Lists {
  private static final Set<String> ARITHMETIC =
      Set.of("Add", "Sub", "Mul", "Div", "Equal", "Where");

  private Lists() {}

  /** Null where it is not such a computation. */
  static List<Fact> apply(Use use) throws NotProven {
    String operator = use.node().operator();
    if (!use.node().domain().isEmpty() || !use.inputs().stream().allMatch(Lists::isList)) {
      return null;
    }
    Fact result =
        switch (operator) {
          case "Gather" -> gather(use);
          case "Slice" -> slice(use);
          case "Concat" -> concat(use);
          case "Squeeze" -> squeeze(use);
          case "Unsqueeze" -> unsqueeze(use);
          case "Identity" -> use.input(0);
          case "Cast" -> Set.of(6L, 7L).contains(use.number("to", 0)) ? use.input(0) : null;
          default -> ARITHMETIC.contains(operator) ? arithmetic(use) : null;
        };
    return result == null ? null : List.of(result);
  }

  private static boolean isList(Fact fact) {
    return fact != null && fact.isList();
  }

  private static Fact gather(Use use) throws NotProven {
    List<Double> data = use.input(0).values();
    Fact indices = use.input(1);
    if (use.input(0).rank() != 1) {
      return null;
    }
    List<Double> picked = new ArrayList<>();
    for (double index : use.known(1)) {
      int place = (int) (index < 0 ? index + data.size() : index);
      if (place < 0 || place >= data.size()) {
        throw new NotProven("past the end of what it takes from");
      }
      picked.add(data.get(place));
    }
    return Fact.list(indices.sizes(), picked);
  }

  private static Fact slice(Use use) throws NotProven {
    if (use.input(0).rank() != 1 || use.opset() < 10) {
      return null;
    }
    List<Double> data = use.input(0).values();
    double step = use.has(4) ? use.known(4).get(0) : 1;
    if (step != 1) {
      return null;
    }
    int start = place(use.known(1).get(0), data.size());
    int end = place(use.known(2).get(0), data.size());
    return Fact.list(data.subList(Math.min(start, end), end));
  }

  private static int place(double index, int size) {
    return (int) Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static Fact concat(Use use) {
    List<Double> all = new ArrayList<>();
    for (Fact part : use.inputs()) {
      if (part.rank() != 1) {
        return null;
      }
      all.addAll(part.values());
    }
    return Fact.list(all);
  }

  private static Fact squeeze(Use use) {
    Fact input = use.inputs().get(0);
    return input.values().size() == 1 ? Fact.list(List.of(), input.values()) : null;
  }

  private static Fact unsqueeze(Use use) {
    Fact input = use.inputs().get(0);
    return input.rank() == 0 ? Fact.list(input.values()) : null;
  }

  private static Fact arithmetic(Use use) throws NotProven {
    int length = 1;
    int rank = 0;
    for (Fact input : use.inputs()) {
      length = Math.max(length, input.values().size());
      rank = Math.max(rank, input.rank());
    }
    List<Double> results = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      List<Double> at = new ArrayList<>();
      for (Fact input : use.inputs()) {
        int size = input.values().size();
        if (size != 1 && size != length) {
          return null;
        }
        at.add(input.values().get(size == 1 ? 0 : i));
      }
      results.add(one(use.node().operator(), at));
    }
    return Fact.list(rank == 0 ? List.of() : List.of((long) length), results);
  }

  private static double one(String operator, List<Double> at) throws NotProven {
    double a = at.get(0);
    double b = at.get(1);
    if (operator.equals("Where")) {
      double c = at.get(2);
      if (Double.isNaN(a) || (a == Fact.FIXED && (Double.isNaN(b) || Double.isNaN(c)))) {
        throw new NotProven("chooses by the number of rows");
      }
      return a == Fact.FIXED ? Fact.FIXED : a != 0 ? b : c;
    }
    if (operator.equals("Equal") && (Double.isNaN(a) ? b < 0 : Double.isNaN(b) && a < 0)) {
      return 0; // A number of rows is not negative.
    }
    if (Double.isNaN(a) || Double.isNaN(b)) {
      throw new NotProven("computes with the number of rows");
    }
    if (a == Fact.FIXED || b == Fact.FIXED) {
      return Fact.FIXED;
    }
    return switch (operator) {
      case "Add" -> a + b;
      case "Sub" -> a - b;
      case "Mul" -> a * b;
      case "Equal" -> a == b ? 1 : 0;
      // Whole or not depends on the type, which is not followed.
      default -> a % b == 0 ? a / b : Fact.FIXED;
    };
  }
}
