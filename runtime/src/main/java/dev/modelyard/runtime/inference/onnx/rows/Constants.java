package dev.modelyard.runtime.inference.onnx.rows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The sizes of what standard operators make of constants, as far as rules ask for them. */
final class Constants {
  private static final Set<String> SAME =
      Set.of("Cast", "CastLike", "Identity", "QuantizeLinear", "DequantizeLinear", "Sqrt", "Neg");
  private static final Set<String> BROADCAST = Set.of("Add", "Sub", "Mul", "Div", "Pow", "Where");

  private Constants() {}

  static Fact of(Use use) throws NotProven {
    List<Long> sizes = sizes(use);
    return Fact.constant(sizes, List.of());
  }

  /** Null where they are not known. */
  private static List<Long> sizes(Use use) throws NotProven {
    String operator = use.node().operator();
    Fact first = use.inputs().get(0);
    if (first == null || first.sizes() == null) {
      return null;
    }
    if (SAME.contains(operator)) {
      return first.sizes();
    }
    if (operator.equals("Transpose")) {
      return transposed(use.numbers("perm", -1), first.sizes());
    }
    if (operator.equals("Unsqueeze")) {
      List<Long> axes = use.numbers("axes", 1);
      return axes == null ? null : ShapeRules.unsqueezed(first.sizes(), axes);
    }
    return BROADCAST.contains(operator) ? broadcast(use.inputs()) : null;
  }

  private static List<Long> transposed(List<Long> permutation, List<Long> sizes) {
    List<Long> moved = new ArrayList<>(sizes);
    if (permutation == null) {
      Collections.reverse(moved);
      return moved;
    }
    for (int i = 0; i < sizes.size(); i++) {
      moved.set(i, sizes.get(permutation.get(i).intValue()));
    }
    return moved;
  }

  private static List<Long> broadcast(List<Fact> inputs) {
    int rank = 0;
    for (Fact input : inputs) {
      if (input == null || input.sizes() == null) {
        return null;
      }
      rank = Math.max(rank, input.rank());
    }
    List<Long> sizes = new ArrayList<>(Collections.nCopies(rank, 1L));
    for (Fact input : inputs) {
      int from = rank - input.rank();
      for (int i = 0; i < input.rank(); i++) {
        if (input.sizes().get(i) != 1) {
          sizes.set(from + i, input.sizes().get(i));
        }
      }
    }
    return sizes;
  }
}
