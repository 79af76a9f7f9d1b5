package dev.modelyard.runtime.inference.onnx.rows;

import dev.modelyard.runtime.inference.onnx.rows.Operators.Rule;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Products, convolutions, pooling and the normalisations of images. */
final class ProductRules {
  private ProductRules() {}

  static void register(Map<String, Rule> rules) {
    rules.put("MatMul", use -> product(use, 0, 1));
    rules.put("MatMulInteger", ProductRules::integerProduct);
    rules.put("QLinearMatMul", ProductRules::quantizedProduct);
    rules.put("Gemm", ProductRules::gemm);
    rules.put("Conv", use -> image(use, 1, use.rows(0, 3).rank()));
    rules.put("ConvTranspose", use -> image(use, 1, use.rows(0, 3).rank()));
    for (String name : List.of("AveragePool", "MaxPool", "LpPool")) {
      rules.put(name, use -> image(use, 1, use.rows(0, 3).rank()));
    }
    for (String name : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
      rules.put(name, use -> List.of(pooled(use.rows(0, 3))));
    }
    for (String name : List.of("InstanceNormalization", "GroupNormalization", "LRN")) {
      rules.put(name, ProductRules::keepsSizes);
    }
    rules.put("BatchNormalization", ProductRules::batchNormalization);
    rules.put("DepthToSpace", use -> image(use, 1, use.rows(0, 4).rank()));
    rules.put("SpaceToDepth", use -> image(use, 1, use.rows(0, 4).rank()));
  }

  /** Each image of a batch by itself, with constants. */
  private static List<Fact> image(Use use, int constantsFrom, int rank) throws NotProven {
    use.constantsFrom(constantsFrom);
    return List.of(Fact.rows(rank));
  }

  private static Fact pooled(Fact input) {
    List<Long> sizes = new java.util.ArrayList<>(input.sizes().subList(0, 2));
    sizes.addAll(Collections.nCopies(input.rank() - 2, 1L));
    return Fact.rows(sizes);
  }

  private static List<Fact> keepsSizes(Use use) throws NotProven {
    Fact input = use.rows(0, 3);
    use.constantsFrom(1);
    return List.of(Fact.rows(input.sizes()));
  }

  private static List<Fact> batchNormalization(Use use) throws NotProven {
    Fact input = use.rows(0, 2);
    use.constantsFrom(1);
    if (use.number("training_mode", 0) != 0 || use.opset() < 7) {
      throw new NotProven("in training mode, or as before opset 7");
    }
    return List.of(Fact.rows(input.sizes()));
  }

  private static List<Fact> product(Use use, int leftInput, int rightInput) throws NotProven {
    Fact left = use.input(leftInput);
    Fact right = use.input(rightInput);
    int leftRank = left.rank();
    int rightRank = right.rank();
    if (leftRank < 1 || rightRank < 1) {
      throw new NotProven("with a factor whose dimensions are not known");
    }
    if (left.isRows() && right.isConstant()) {
      boolean beside = rightRank <= 2 || (leftRank >= 3 && right.spreadsOver(leftRank));
      if (leftRank < 2 || !beside) {
        throw new NotProven("over axis 0");
      }
      return List.of(Fact.rows(product(left, right, rightRank == 1 ? leftRank - 1 : leftRank)));
    }
    if (left.isRows() && right.isRows() && leftRank == rightRank && leftRank >= 3) {
      return List.of(Fact.rows(product(left, right, leftRank)));
    }
    if (left.isConstant()
        && right.isRows()
        && rightRank >= 3
        && leftRank >= 2
        && left.spreadsOver(rightRank)) {
      return List.of(Fact.rows(rightRank));
    }
    throw new NotProven("over axis 0");
  }

  /** Only the last sizes are of use: the others are left open. */
  private static List<Long> product(Fact left, Fact right, int rank) {
    List<Long> sizes = new java.util.ArrayList<>(Collections.nCopies(rank, Fact.UNKNOWN));
    if (rank == left.rank() && right.rank() >= 2) {
      for (int i = 1; i < rank - 1 && right.rank() == 2; i++) {
        sizes.set(i, left.sizes().get(i));
      }
      sizes.set(rank - 1, right.sizes().get(right.rank() - 1));
    }
    return sizes;
  }

  private static List<Fact> integerProduct(Use use) throws NotProven {
    single(use, 2);
    if (use.has(3) && !use.input(3).isConstant()) {
      throw new NotProven("with a zero point that is not constant");
    }
    return product(use, 0, 1);
  }

  private static List<Fact> quantizedProduct(Use use) throws NotProven {
    for (int input : new int[] {1, 2, 6, 7}) {
      single(use, input);
    }
    for (int input : new int[] {4, 5}) {
      if (!use.input(input).isConstant()) {
        throw new NotProven("with a scale that is not constant");
      }
    }
    return product(use, 0, 3);
  }

  /** One scale or zero point for all rows. */
  private static void single(Use use, int input) throws NotProven {
    if (use.has(input) && !use.input(input).isSingle()) {
      throw new NotProven("with a scale or zero point that is not one constant");
    }
  }

  private static List<Fact> gemm(Use use) throws NotProven {
    Fact left = use.rows(0, 2);
    Fact right = use.input(1);
    if (use.number("transA", 0) != 0 || !right.isConstant() || right.rank() != 2) {
      throw new NotProven("over axis 0");
    }
    long columns = right.sizes().get(use.number("transB", 0) != 0 ? 0 : 1);
    Fact product = Fact.rows(List.of(Fact.UNKNOWN, columns));
    if (left.rank() != 2) {
      throw new NotProven("of other than matrices");
    }
    if (use.has(2)) {
      ElementWise.together(List.of(product, use.input(2)));
    }
    return List.of(product);
  }
}
