package dev.modelyard.runtime.inference.onnx.rows;

import dev.modelyard.runtime.inference.onnx.rows.Operators.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that arrange elements anew, and those that ask for sizes. */
final class ShapeRules {
  private ShapeRules() {}

  static void register(Map<String, Rule> rules) {
    rules.put("Constant", ShapeRules::constant);
    rules.put("Shape", ShapeRules::shape);
    rules.put("Reshape", ShapeRules::reshape);
    rules.put("Flatten", ShapeRules::flatten);
    rules.put("Squeeze", ShapeRules::squeeze);
    rules.put("Unsqueeze", ShapeRules::unsqueeze);
    rules.put("Transpose", ShapeRules::transpose);
    rules.put("Expand", ShapeRules::expand);
    rules.put("ConstantOfShape", use -> List.of(Fact.rows(spread(use, 0))));
    rules.put("Gather", ShapeRules::gather);
    rules.put("Slice", ShapeRules::slice);
    rules.put("Pad", ShapeRules::pad);
    rules.put("Tile", ShapeRules::tile);
    rules.put("Trilu", ShapeRules::trilu);
  }

  private static List<Fact> constant(Use use) {
    Map<String, Graph.Attribute> attributes = use.node().attributes();
    Graph.Attribute value = attributes.get("value");
    if (value != null && value.tensor() != null) {
      return List.of(Fact.constant(value.tensor().shape(), value.tensor().values()));
    }
    if (attributes.containsKey("value_ints")) {
      List<Double> numbers =
          attributes.get("value_ints").numbers().stream().map(Long::doubleValue).toList();
      return List.of(Fact.list(numbers));
    }
    if (attributes.containsKey("value_int")) {
      return List.of(Fact.list(List.of(), List.of((double) use.number("value_int", 0))));
    }
    return List.of(Fact.constant());
  }

  private static List<Fact> shape(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    List<Double> sizes = new ArrayList<>();
    sizes.add(Fact.BATCH);
    for (long size : input.sizes().subList(1, input.rank())) {
      sizes.add(size == Fact.UNKNOWN ? Fact.FIXED : size);
    }
    int start = place(use.number("start", 0), input.rank());
    int end = place(use.number("end", input.rank()), input.rank());
    return List.of(Fact.list(List.copyOf(sizes.subList(Math.min(start, end), end))));
  }

  private static int place(long index, int rank) {
    return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }

  private static List<Fact> reshape(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    List<Double> wanted = wanted(use);
    if (wanted.isEmpty()) {
      throw new NotProven("to a single value");
    }
    double first = wanted.get(0);
    boolean copies = first == 0 && use.number("allowzero", 0) == 0;
    if (!Double.isNaN(first) && !copies && !(first == -1 && restIsOneRow(input, wanted))) {
      throw new NotProven("to a shape that is not known to keep axis 0");
    }
    List<Long> sizes = new ArrayList<>();
    sizes.add(Fact.UNKNOWN);
    for (int i = 1; i < wanted.size(); i++) {
      double size = wanted.get(i);
      if (Double.isNaN(size)) {
        throw new NotProven("to a shape with the number of rows at axis %d".formatted(i));
      }
      if (size == 0 && i < input.rank() && use.number("allowzero", 0) == 0) {
        sizes.add(input.sizes().get(i));
      } else {
        sizes.add(size > 0 && size != Fact.FIXED ? (long) size : Fact.UNKNOWN);
      }
    }
    return List.of(Fact.rows(inferred(input, wanted, sizes)));
  }

  private static List<Double> wanted(Use use) throws NotProven {
    Graph.Attribute before5 = use.node().attributes().get("shape");
    if (before5 != null) {
      return before5.numbers().stream().map(Long::doubleValue).toList();
    }
    Fact shape = use.input(1);
    if (!shape.isList() || shape.rank() != 1) {
      throw new NotProven("to a shape that is not known");
    }
    return shape.values();
  }

  private static boolean restIsOneRow(Fact input, List<Double> wanted) {
    double row = 1;
    for (long size : input.sizes().subList(1, input.rank())) {
      row *= size == Fact.UNKNOWN ? Double.NaN : size;
    }
    double rest = 1;
    for (double size : wanted.subList(1, wanted.size())) {
      rest *= size > 0 ? size : Double.NaN;
    }
    return row == rest && row > 0;
  }

  /** The one size that is -1, where the others of a row are known. */
  private static List<Long> inferred(Fact input, List<Double> wanted, List<Long> sizes) {
    int open = wanted.subList(1, wanted.size()).indexOf(-1.0) + 1;
    if (open == 0) {
      return sizes;
    }
    long row = 1;
    for (long size : input.sizes().subList(1, input.rank())) {
      if (size == Fact.UNKNOWN) {
        return sizes;
      }
      row *= size;
    }
    for (int i = 1; i < sizes.size(); i++) {
      if (i != open) {
        if (sizes.get(i) <= 0 || row % sizes.get(i) != 0) {
          return sizes;
        }
        row /= sizes.get(i);
      }
    }
    sizes.set(open, row);
    return sizes;
  }

  private static List<Fact> flatten(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    long axis = use.number("axis", 1);
    if (axis != 1 && axis != 1 - input.rank()) {
      throw new NotProven("at axis %d, which does not keep axis 0".formatted(axis));
    }
    long row = 1;
    for (long size : input.sizes().subList(1, input.rank())) {
      row = size == Fact.UNKNOWN || row == Fact.UNKNOWN ? Fact.UNKNOWN : row * size;
    }
    return List.of(Fact.rows(List.of(Fact.UNKNOWN, row)));
  }

  private static List<Fact> squeeze(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    List<Long> axes = use.numbers("axes", 1);
    if (axes == null) {
      throw new NotProven("of all axes of size 1, axis 0 among them");
    }
    boolean[] gone = new boolean[input.rank()];
    for (long axis : axes) {
      use.notOverRows(axis, input.rank());
      gone[(int) (axis < 0 ? axis + input.rank() : axis)] = true;
    }
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i]) {
        sizes.add(input.sizes().get(i));
      }
    }
    return List.of(Fact.rows(sizes));
  }

  private static List<Fact> unsqueeze(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    List<Long> axes = use.numbers("axes", 1);
    if (axes == null) {
      throw new NotProven("at axes that are not known");
    }
    int rank = input.rank() + axes.size();
    for (long axis : axes) {
      use.notOverRows(axis, rank);
    }
    return List.of(Fact.rows(unsqueezed(input.sizes(), axes)));
  }

  static List<Long> unsqueezed(List<Long> sizes, List<Long> axes) {
    int rank = sizes.size() + axes.size();
    List<Long> places = axes.stream().map(axis -> axis < 0 ? axis + rank : axis).sorted().toList();
    List<Long> result = new ArrayList<>(sizes);
    places.forEach(place -> result.add(place.intValue(), 1L));
    return result;
  }

  private static List<Fact> transpose(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    List<Long> permutation = use.numbers("perm", -1);
    if (permutation == null ? input.rank() > 1 : permutation.get(0) != 0) {
      throw new NotProven("moves axis 0");
    }
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < input.rank(); i++) {
      sizes.add(input.sizes().get(permutation == null ? i : permutation.get(i).intValue()));
    }
    return List.of(Fact.rows(sizes));
  }

  /** The sizes that a list names, of which the first is that of the batch. */
  private static List<Long> spread(Use use, int index) throws NotProven {
    Fact shape = use.input(index);
    if (!shape.isList() || shape.rank() != 1 || shape.values().isEmpty()) {
      throw new NotProven("to a shape that is not known");
    }
    List<Long> sizes = new ArrayList<>();
    for (double size : shape.values()) {
      if (Double.isNaN(size) != sizes.isEmpty()) {
        throw new NotProven("to a shape whose axis 0 is not that of the rows");
      }
      sizes.add(Double.isNaN(size) || size == Fact.FIXED ? Fact.UNKNOWN : (long) size);
    }
    return sizes;
  }

  private static List<Fact> expand(Use use) throws NotProven {
    Fact input = use.input(0);
    Fact shape = use.input(1);
    if (shape.kind() == Fact.Kind.SHAPE) {
      Fact rows = Fact.rows(spread(use, 1));
      return List.of(ElementWise.together(List.of(input, rows)));
    }
    if (!shape.isList() || shape.rank() != 1) {
      throw new NotProven("to a shape that is not known");
    }
    boolean longer = shape.values().size() > input.rank();
    boolean equal = shape.values().size() == input.rank();
    if (!input.isRows() || longer || (equal && shape.values().get(0) != 1)) {
      throw new NotProven("over axis 0");
    }
    return List.of(Fact.rows(input.rank()));
  }

  private static List<Fact> gather(Use use) throws NotProven {
    Fact data = use.input(0);
    Fact indices = use.input(1);
    long axis = use.number("axis", 0);
    if (data.isConstant() && indices.isRows()) {
      if (data.rank() < 1 || (axis != 0 && axis != -data.rank())) {
        throw new NotProven("from axis %d of what is looked up".formatted(axis));
      }
      List<Long> sizes = new ArrayList<>(indices.sizes());
      sizes.addAll(data.sizes().subList(1, data.rank()));
      return List.of(Fact.rows(sizes));
    }
    use.rows(0, 1);
    use.notOverRows(axis, data.rank());
    if (!indices.isConstant() || indices.rank() < 0) {
      throw new NotProven("with indices that are not constant");
    }
    return List.of(Fact.rows(data.rank() - 1 + indices.rank()));
  }

  private static List<Fact> slice(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    use.constantsFrom(1);
    List<Long> axes = use.numbers("axes", 3);
    if (axes == null) {
      throw new NotProven("over axis 0");
    }
    List<Long> sizes = new ArrayList<>(input.sizes());
    for (long axis : axes) {
      use.notOverRows(axis, input.rank());
      sizes.set((int) (axis < 0 ? axis + input.rank() : axis), Fact.UNKNOWN);
    }
    return List.of(Fact.rows(sizes));
  }

  private static List<Fact> pad(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    use.constantsFrom(1);
    List<Long> pads = use.numbers("pads", 1);
    if (pads == null || use.has(3) || pads.size() != 2 * input.rank()) {
      throw new NotProven("by an amount that is not known for each axis");
    }
    if (pads.get(0) != 0 || pads.get(input.rank()) != 0) {
      throw new NotProven("over axis 0");
    }
    return List.of(Fact.rows(input.rank()));
  }

  private static List<Fact> tile(Use use) throws NotProven {
    Fact input = use.rows(0, 1);
    if (use.inputs().size() != 2
        || use.known(1).size() != input.rank()
        || use.known(1).get(0) != 1) {
      throw new NotProven("over axis 0");
    }
    return List.of(Fact.rows(input.rank()));
  }

  private static List<Fact> trilu(Use use) throws NotProven {
    Fact input = use.rows(0, 3);
    use.constantsFrom(1);
    return List.of(Fact.rows(input.sizes()));
  }
}
