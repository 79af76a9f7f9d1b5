package dev.modelyard.runtime.inference.onnx.rows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The operators that are known, by what they do with rows; the names are ONNX's. */
final class Operators {
  /** They hold graphs, or run one again and again. */
  static final Set<String> HAVE_SUBGRAPHS = Set.of("If", "Loop", "Scan", "SequenceMap");

  private static final Set<String> RANDOM =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli");

  private static final Map<String, Rule> RULES = new HashMap<>();

  private Operators() {}

  static {
    ElementWise.register(RULES);
    AxisRules.register(RULES);
    ShapeRules.register(RULES);
    ProductRules.register(RULES);
    MachineLearning.register(RULES);
  }

  /** What an operator's outputs are, from what its inputs are. */
  interface Rule {
    List<Fact> apply(Use use) throws NotProven;
  }

  /**
   * @param inputs null for one that is left out
   */
  static List<Fact> apply(Graph.Node node, List<Fact> inputs, Map<String, Long> opsets)
      throws NotProven {
    Long opset = opsets.get(node.domain());
    if (opset == null) {
      throw new NotProven("is of a domain whose version the file does not tell");
    }
    Use use = new Use(node, inputs, opset);
    if (RANDOM.contains(node.operator()) && node.domain().isEmpty()) {
      throw new NotProven("gives another answer each time");
    }
    List<Fact> list = Lists.apply(use);
    if (list != null) {
      return list;
    }
    boolean standard = node.domain().isEmpty() || node.domain().equals("ai.onnx.ml");
    // Standard operators of constants are constants, whatever they compute.
    if (standard
        && !inputs.isEmpty()
        && use.isAllConstant()
        && !node.operator().equals("Dropout")) {
      return use.each(Constants.of(use));
    }
    Rule rule = RULES.get(key(node.domain(), node.operator()));
    if (rule == null) {
      throw new NotProven("is not known to keep rows apart");
    }
    return rule.apply(use);
  }

  static String key(String domain, String operator) {
    return domain.isEmpty() ? operator : domain + "." + operator;
  }
}
