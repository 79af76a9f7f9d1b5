package dev.modelyard.runtime.inference.onnx.rows;

import dev.modelyard.runtime.inference.BatchingDecision;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether requests to an ONNX model may be computed together, proven from its graph: every operator
 * between the inputs and the outputs keeps row i of axis 0 a function of row i of the inputs. What
 * is not known to do so is not proven. Answers may still differ from those of a request that was
 * computed alone by what floating point makes of another order of the same sums.
 */
public final class RowProof {
  private final Graph graph;
  private final Map<String, Fact> facts = new HashMap<>();

  private RowProof(Graph graph) {
    this.graph = graph;
  }

  /** Reads the file's graph, not its weights. */
  public static BatchingDecision of(Path file) {
    try {
      return new RowProof(Graph.read(file)).follow();
    } catch (BufferUnderflowException e) {
      return BatchingDecision.off("the graph cannot be read: the file ends too early");
    } catch (IOException | RuntimeException e) {
      return BatchingDecision.off("the graph cannot be read: " + e);
    }
  }

  private BatchingDecision follow() {
    graph.constants().forEach((name, tensor) -> facts.put(name, constant(tensor)));
    for (Map.Entry<String, List<Long>> input : graph.inputs().entrySet()) {
      List<Long> sizes = input.getValue();
      if (sizes.isEmpty() || sizes.get(0) != Fact.UNKNOWN) {
        return BatchingDecision.off(
            "input '%s' has no first dimension that is free".formatted(input.getKey()));
      }
      facts.put(input.getKey(), Fact.rows(sizes));
    }
    for (Graph.Node node : graph.nodes()) {
      try {
        follow(node);
      } catch (NotProven e) {
        return BatchingDecision.off(
            "%s %s (%s)".formatted(node.operator(), e.getMessage(), place(node)));
      }
    }
    if (graph.outputs().isEmpty()) {
      return BatchingDecision.off("the graph has no outputs");
    }
    for (String output : graph.outputs()) {
      Fact fact = facts.get(output);
      if (fact == null || !fact.isRows()) {
        return BatchingDecision.off("output '%s' has no rows of its own".formatted(output));
      }
    }
    return BatchingDecision.proven();
  }

  private void follow(Graph.Node node) throws NotProven {
    // A subgraph is not followed: it can read any value of this one.
    if (Operators.HAVE_SUBGRAPHS.contains(node.operator())) {
      throw new NotProven("is not followed");
    }
    if (graph.functions().contains(node.operator())) {
      throw new NotProven("is a function of the model, which is not followed");
    }
    List<Fact> inputs = node.inputs().stream().map(facts::get).collect(Collectors.toList());
    for (String input : node.inputs()) {
      if (!input.isEmpty() && facts.get(input) == null) {
        throw new NotProven("with '%s', of which nothing is known".formatted(input));
      }
    }
    List<Fact> outputs = Operators.apply(node, inputs, graph.opsets());
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.outputs().get(i).isEmpty() && i >= outputs.size()) {
        throw new NotProven("with the output '%s'".formatted(node.outputs().get(i)));
      }
      facts.put(node.outputs().get(i), i < outputs.size() ? outputs.get(i) : null);
    }
  }

  private static String place(Graph.Node node) {
    return node.name().isEmpty()
        ? "output '%s'".formatted(String.join("', '", node.outputs()))
        : "node '%s'".formatted(node.name());
  }

  private static Fact constant(Graph.Constant tensor) {
    return Fact.constant(tensor.shape(), tensor.values());
  }
}
