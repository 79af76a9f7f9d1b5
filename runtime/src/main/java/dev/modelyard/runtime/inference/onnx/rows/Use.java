package dev.modelyard.runtime.inference.onnx.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One use of an operator, with what is known of its inputs. */
record Use(Graph.Node node, List<Fact> inputs, long opset) {
  boolean has(int index) {
    return index < inputs.size() && !node.input(index).isEmpty();
  }

  boolean isAllConstant() {
    for (int i = 0; i < inputs.size(); i++) {
      if (has(i) && (inputs.get(i) == null || !inputs.get(i).isConstant())) {
        return false;
      }
    }
    return true;
  }

  Fact input(int index) throws NotProven {
    if (!has(index) || inputs.get(index) == null) {
      throw new NotProven("has an input that is not known");
    }
    return inputs.get(index);
  }

  /** The input, which must have rows and at least so many dimensions. */
  Fact rows(int index, int leastRank) throws NotProven {
    Fact fact = input(index);
    if (!fact.isRows()) {
      throw new NotProven("takes what belongs to no row for rows");
    }
    if (fact.rank() < leastRank) {
      throw new NotProven("over the rows, as its input has %d dimensions".formatted(fact.rank()));
    }
    return fact;
  }

  /** Inputs from here on are constants, whatever they are. */
  void constantsFrom(int first) throws NotProven {
    for (int i = first; i < inputs.size(); i++) {
      if (has(i) && !input(i).isConstant()) {
        throw new NotProven("with an input that is not constant");
      }
    }
  }

  long number(String attribute, long otherwise) {
    return node.number(attribute, otherwise);
  }

  /** Fails where axis 0, of the rows, is among the axes. */
  void notOverRows(long axis, int rank) throws NotProven {
    long normal = axis < 0 ? axis + rank : axis;
    if (normal <= 0) {
      throw new NotProven("over axis 0");
    }
    if (normal >= rank) {
      throw new NotProven("over axis %d of %d dimensions".formatted(axis, rank));
    }
  }

  /**
   * Whole numbers of an attribute, or of a constant input; null where there are none.
   *
   * @param input -1 where it was never one
   */
  List<Long> numbers(String attribute, int input) throws NotProven {
    Graph.Attribute found = node.attributes().get(attribute);
    if (found != null) {
      return found.numbers();
    }
    if (input < 0 || !has(input)) {
      return null;
    }
    return known(input).stream().map(Double::longValue).toList();
  }

  /** The values of a constant input; none of an empty one. */
  List<Double> known(int index) throws NotProven {
    Fact fact = input(index);
    boolean empty = Objects.equals(fact.sizes(), List.of(0L));
    if (!fact.isConstant() || (fact.values().isEmpty() && !empty) || hasUnknown(fact)) {
      throw new NotProven("with '%s', which is not a known constant".formatted(node.input(index)));
    }
    return fact.values();
  }

  private static boolean hasUnknown(Fact fact) {
    return fact.values().stream().anyMatch(value -> value.isNaN() || value.isInfinite());
  }

  List<Fact> each(Fact fact) {
    return new ArrayList<>(java.util.Collections.nCopies(node.outputs().size(), fact));
  }
}
