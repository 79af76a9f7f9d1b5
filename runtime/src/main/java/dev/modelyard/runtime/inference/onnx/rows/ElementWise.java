package dev.modelyard.runtime.inference.onnx.rows;

import dev.modelyard.runtime.inference.onnx.rows.Operators.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Operators that compute each element from the elements at its place. */
final class ElementWise {
  private static final List<String> BROADCAST =
      List.of(
          "Add",
          "And",
          "BitShift",
          "BitwiseAnd",
          "BitwiseNot",
          "BitwiseOr",
          "BitwiseXor",
          "Clip",
          "Div",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Max",
          "Mean",
          "Min",
          "Mod",
          "Mul",
          "Or",
          "PRelu",
          "Pow",
          "Sub",
          "Sum",
          "Where",
          "Xor");

  private static final List<String> SINGLE =
      List.of(
          "Abs",
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "Cast",
          "Ceil",
          "Celu",
          "Cos",
          "Cosh",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "IsInf",
          "IsNaN",
          "LeakyRelu",
          "Log",
          "Mish",
          "Neg",
          "Not",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "com.microsoft.Gelu",
          "com.microsoft.QuickGelu");

  private ElementWise() {}

  static void register(Map<String, Rule> rules) {
    BROADCAST.forEach(name -> rules.put(name, ElementWise::broadcast));
    SINGLE.forEach(name -> rules.put(name, ElementWise::single));
    rules.put("com.microsoft.BiasGelu", ElementWise::broadcast);
    rules.put("com.microsoft.FastGelu", ElementWise::broadcast);
    rules.put("CastLike", ElementWise::single);
    rules.put("Dropout", ElementWise::dropout);
    rules.put("QuantizeLinear", ElementWise::quantize);
    rules.put("DequantizeLinear", ElementWise::quantize);
  }

  /** A list of sizes stays one only where its numbers do. */
  private static List<Fact> single(Use use) throws NotProven {
    Fact input = use.input(0);
    String operator = use.node().operator();
    if (input.kind() == Fact.Kind.SHAPE) {
      if (operator.equals("Identity")
          || (operator.equals("Cast") && List.of(6L, 7L).contains(use.number("to", 0)))) {
        return List.of(input);
      }
      throw new NotProven("of the number of rows");
    }
    return List.of(Fact.rows(use.rows(0, 1).sizes()));
  }

  private static List<Fact> broadcast(Use use) throws NotProven {
    if (use.opset() < 7 && use.node().domain().isEmpty()) {
      if (use.node().attributes().containsKey("axis")
          || use.node().attributes().containsKey("broadcast")) {
        throw new NotProven("broadcasts as before opset 7");
      }
    }
    List<Fact> operands = new ArrayList<>();
    for (int i = 0; i < use.inputs().size(); i++) {
      if (use.has(i)) {
        operands.add(use.input(i));
      }
    }
    return List.of(together(operands));
  }

  /** What comes of operands that are broadcast to one shape, aligned at their last dimensions. */
  static Fact together(List<Fact> operands) throws NotProven {
    int rank = operands.stream().filter(Fact::isRows).mapToInt(Fact::rank).max().orElse(-1);
    if (rank < 0) {
      throw new NotProven("computes with the number of rows");
    }
    List<Long> sizes = new ArrayList<>(Collections.nCopies(rank, 1L));
    for (Fact operand : operands) {
      if (operand.isRows() && operand.rank() != rank) {
        throw new NotProven("broadcasts rows along another axis");
      }
      if (!operand.isRows() && !operand.spreadsOver(rank)) {
        throw new NotProven("over axis 0, with a value that is not the same for each row");
      }
      int from = rank - operand.rank();
      for (int i = 0; i < operand.rank(); i++) {
        sizes.set(from + i, widest(sizes.get(from + i), operand.sizes().get(i)));
      }
    }
    sizes.set(0, Fact.UNKNOWN);
    return Fact.rows(sizes);
  }

  private static long widest(long one, long other) {
    if (one == 1) {
      return other;
    }
    return other == 1 || other == Fact.UNKNOWN ? one : other;
  }

  private static List<Fact> dropout(Use use) throws NotProven {
    if (use.opset() < 7) {
      throw new NotProven("as before opset 7, which may train");
    }
    if (use.has(2) && use.known(2).get(0) != 0) {
      throw new NotProven("in training mode");
    }
    return use.each(use.rows(0, 1));
  }

  private static List<Fact> quantize(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    for (int i = 1; i < use.inputs().size(); i++) {
      if (!use.has(i)) {
        continue;
      }
      Fact scale = use.input(i);
      if (!scale.isConstant() || scale.sizes() == null) {
        throw new NotProven("with a scale that is not constant");
      }
      if (!scale.isSingle()) {
        if (scale.rank() > 1) {
          throw new NotProven("in blocks");
        }
        use.notOverRows(use.number("axis", 1), input.rank());
      }
    }
    return List.of(Fact.rows(input.sizes()));
  }
}
