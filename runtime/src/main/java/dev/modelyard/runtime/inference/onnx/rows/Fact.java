package dev.modelyard.runtime.inference.onnx.rows;

import java.util.Collections;
import java.util.List;

/**
 * What is known of a value of the graph, for all requests that share a batch. They have the same
 * types, and shapes that differ in the first dimension only.
 *
 * @param sizes of the dimensions, {@link #UNKNOWN} where it is not known but the same for all
 *     requests; the first one of {@code ROWS} is that of the batch. Null where even their number is
 *     not known, which {@code ROWS} never are
 * @param values of few numbers: {@link #BATCH} for the size of the batch, {@link #FIXED} for one
 *     that is the same for all requests; empty where unknown
 */
record Fact(Kind kind, List<Long> sizes, List<Double> values) {
  static final long UNKNOWN = -1;
  static final double BATCH = Double.NaN;
  static final double FIXED = Double.POSITIVE_INFINITY;

  enum Kind {
    /** Element i of axis 0 is computed from row i of the inputs and from nothing else of them. */
    ROWS,
    /** The same whatever the inputs hold, and however many rows they have. */
    CONSTANT,
    /** A list of sizes, of which some are that of the batch. */
    SHAPE
  }

  static Fact rows(int rank) {
    return new Fact(Kind.ROWS, Collections.nCopies(rank, UNKNOWN), List.of());
  }

  static Fact rows(List<Long> sizes) {
    return new Fact(Kind.ROWS, sizes, List.of());
  }

  static Fact constant(List<Long> sizes, List<Double> values) {
    return new Fact(Kind.CONSTANT, sizes, values);
  }

  /** A constant of which nothing is known. */
  static Fact constant() {
    return constant(null, List.of());
  }

  /** One size, or a list of them; a constant where none is that of the batch. */
  static Fact list(List<Long> sizes, List<Double> values) {
    return new Fact(
        values.stream().anyMatch(value -> value.isNaN()) ? Kind.SHAPE : Kind.CONSTANT,
        sizes,
        values);
  }

  static Fact list(List<Double> values) {
    return list(List.of((long) values.size()), values);
  }

  /** Whether it is one number, or a list of numbers, each of which is known as far as it can be. */
  boolean isList() {
    return !isRows() && sizes != null && sizes.size() <= 1 && (!values.isEmpty() || isEmptyList());
  }

  private boolean isEmptyList() {
    return sizes.equals(List.of(0L));
  }

  boolean isRows() {
    return kind == Kind.ROWS;
  }

  boolean isConstant() {
    return kind == Kind.CONSTANT;
  }

  /** -1 where it is not known. */
  int rank() {
    return sizes == null ? -1 : sizes.size();
  }

  boolean isSingle() {
    return isConstant() && sizes != null && sizes.stream().allMatch(size -> size == 1);
  }

  /** Whether it may stand beside rows of this rank, and be the same for each of them. */
  boolean spreadsOver(int rank) {
    return isConstant()
        && sizes != null
        && (sizes.size() < rank || (sizes.size() == rank && rank > 0 && sizes.get(0) == 1));
  }
}
