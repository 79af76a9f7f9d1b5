package dev.modelyard.runtime.inference.onnx.rows;

import dev.modelyard.runtime.inference.onnx.rows.Operators.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Operators that put the elements along some axes together: right where axis 0 is not among them.
 */
final class AxisRules {
  private static final List<String> REDUCE =
      List.of("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare");

  private AxisRules() {}

  static void register(Map<String, Rule> rules) {
    REDUCE.forEach(name -> rules.put("Reduce" + name, AxisRules::reduce));
    for (String name : List.of("ArgMax", "ArgMin")) {
      rules.put(name, AxisRules::argument);
    }
    for (String name : List.of("Softmax", "LogSoftmax", "Hardmax")) {
      rules.put(name, use -> along(use, use.number("axis", use.opset() < 13 ? 1 : -1)));
    }
    rules.put("LpNormalization", use -> along(use, use.number("axis", -1)));
    rules.put("CumSum", use -> along(use, use.known(1).get(0).longValue()));
    rules.put("TopK", AxisRules::topK);
    rules.put("LayerNormalization", AxisRules::layer);
    rules.put("RMSNormalization", AxisRules::layer);
    rules.put("SimplifiedLayerNormalization", AxisRules::layer);
    rules.put("com.microsoft.SkipLayerNormalization", AxisRules::skipLayer);
    rules.put("com.microsoft.SkipSimplifiedLayerNormalization", AxisRules::skipLayer);
    rules.put("MeanVarianceNormalization", AxisRules::meanVariance);
    rules.put("Concat", AxisRules::concat);
    rules.put("Split", AxisRules::split);
    rules.put("GatherElements", AxisRules::gatherElements);
    rules.put("OneHot", AxisRules::oneHot);
    for (String name :
        List.of(
            "DynamicQuantizeLinear",
            "com.microsoft.DynamicQuantizeMatMul",
            "com.microsoft.DynamicQuantizeLSTM")) {
      rules.put(name, AxisRules::dynamicQuantize);
    }
  }

  private static List<Fact> along(Use use, long axis) throws NotProven {
    Fact input = use.rows(0, 1);
    use.notOverRows(axis, input.rank());
    return List.of(Fact.rows(input.sizes()));
  }

  private static List<Fact> reduce(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    List<Long> axes = use.numbers("axes", 1);
    if (axes == null || axes.isEmpty()) {
      if (use.number("noop_with_empty_axes", 0) == 1) {
        return List.of(Fact.rows(input.sizes()));
      }
      throw new NotProven("over all axes, axis 0 among them");
    }
    boolean[] gone = new boolean[input.rank()];
    for (long axis : axes) {
      use.notOverRows(axis, input.rank());
      gone[(int) (axis < 0 ? axis + input.rank() : axis)] = true;
    }
    return List.of(without(input, gone, use.number("keepdims", 1) == 1));
  }

  private static Fact without(Fact input, boolean[] gone, boolean keep) {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i]) {
        sizes.add(input.sizes().get(i));
      } else if (keep) {
        sizes.add(1L);
      }
    }
    return Fact.rows(sizes);
  }

  private static List<Fact> argument(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    long axis = use.number("axis", 0);
    use.notOverRows(axis, input.rank());
    boolean[] gone = new boolean[input.rank()];
    gone[(int) (axis < 0 ? axis + input.rank() : axis)] = true;
    return List.of(without(input, gone, use.number("keepdims", 1) == 1));
  }

  private static List<Fact> topK(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    use.notOverRows(use.number("axis", -1), input.rank());
    use.constantsFrom(1);
    return use.each(Fact.rows(input.rank()));
  }

  private static List<Fact> layer(Use use) throws NotProven {
    Fact input = use.rows(0, 2);
    use.notOverRows(use.number("axis", -1), input.rank());
    List<Fact> outputs = new ArrayList<>();
    outputs.add(ElementWise.together(use.inputs().stream().filter(fact -> fact != null).toList()));
    return outputs;
  }

  private static List<Fact> skipLayer(Use use) throws NotProven {
    use.rows(0, 3);
    List<Fact> present = use.inputs().stream().filter(fact -> fact != null).toList();
    Fact output = ElementWise.together(present);
    return use.each(output);
  }

  private static List<Fact> meanVariance(Use use) throws NotProven {
    Fact input = use.rows(0, 2);
    List<Long> axes = use.numbers("axes", -1);
    if (axes == null) {
      throw new NotProven("over axis 0");
    }
    for (long axis : axes) {
      use.notOverRows(axis, input.rank());
    }
    return List.of(Fact.rows(input.sizes()));
  }

  private static List<Fact> concat(Use use) throws NotProven {
    int rank = use.rows(0, 1).rank();
    for (int i = 0; i < use.inputs().size(); i++) {
      if (use.rows(i, 1).rank() != rank) {
        throw new NotProven("of rows of other dimensions");
      }
    }
    use.notOverRows(use.number("axis", 1), rank);
    List<Long> sizes = new ArrayList<>(use.input(0).sizes());
    long axis = use.number("axis", 1);
    int joined = (int) (axis < 0 ? axis + rank : axis);
    long total = 0;
    for (Fact input : use.inputs()) {
      long size = input.sizes().get(joined);
      total = size < 0 || total < 0 ? Fact.UNKNOWN : total + size;
    }
    sizes.set(joined, total);
    return List.of(Fact.rows(sizes));
  }

  private static List<Fact> split(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    use.constantsFrom(1);
    use.notOverRows(use.number("axis", 0), input.rank());
    return use.each(Fact.rows(input.rank()));
  }

  private static List<Fact> gatherElements(Use use) throws NotProven {
    Fact data = use.rows(0, 1);
    Fact indices = use.rows(1, 1);
    use.notOverRows(use.number("axis", 0), data.rank());
    if (indices.rank() != data.rank()) {
      throw new NotProven("with indices of other dimensions");
    }
    return List.of(Fact.rows(indices.sizes()));
  }

  private static List<Fact> oneHot(Use use) throws NotProven {
    Fact indices = use.rows(0, 1);
    use.constantsFrom(1);
    use.notOverRows(use.number("axis", -1), indices.rank() + 1);
    return List.of(Fact.rows(indices.rank() + 1));
  }

  private static List<Fact> dynamicQuantize(Use use) throws NotProven {
    throw new NotProven("takes its scale over axis 0");
  }
}
