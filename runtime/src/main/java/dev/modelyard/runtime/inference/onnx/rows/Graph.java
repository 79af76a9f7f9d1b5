package dev.modelyard.runtime.inference.onnx.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a proof needs of an ONNX file (onnx.proto): the nodes of its main graph in their order, its
 * inputs and outputs, and its constants, of which only small ones are read.
 *
 * @param inputs with the sizes of their dimensions, {@link Fact#UNKNOWN} for free ones; none at all
 *     where the file tells no shape
 * @param opsets by domain; the domain of ONNX itself is empty
 * @param functions the names of the file's own operators
 */
record Graph(
    List<Node> nodes,
    Map<String, List<Long>> inputs,
    List<String> outputs,
    Map<String, Constant> constants,
    Map<String, Long> opsets,
    Set<String> functions) {

  /** An operator at its place; names of inputs that are left out are empty. */
  record Node(
      String name,
      String domain,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {
    Node {
      domain = domain.equals("ai.onnx") ? "" : domain;
    }

    String input(int index) {
      return index < inputs.size() ? inputs.get(index) : "";
    }

    long number(String attribute, long otherwise) {
      Attribute found = attributes.get(attribute);
      return found == null || found.numbers().isEmpty() ? otherwise : found.numbers().get(0);
    }
  }

  /** Numbers of {@code i} or {@code ints}, text of {@code s}, a constant of {@code t}. */
  record Attribute(List<Long> numbers, String text, Constant tensor) {}

  /**
   * A tensor in the file.
   *
   * @param values of a small one of numbers; empty where it was not read
   */
  record Constant(List<Long> shape, List<Double> values) {}

  /**
   * @throws IOException where the file cannot be read
   * @throws RuntimeException where it is not ONNX
   */
  static Graph read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException("larger than a protocol buffer can be");
      }
      return model(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    }
  }

  private static Graph model(ByteBuffer bytes) {
    Graph graph =
        new Graph(
            new ArrayList<>(),
            new HashMap<>(),
            new ArrayList<>(),
            new HashMap<>(),
            new HashMap<>(),
            new HashSet<>());
    Wire.read(
        bytes,
        (number, part, value) -> {
          if (number == 7) {
            graph.readGraph(part);
          } else if (number == 8) {
            graph.readOpset(part);
          } else if (number == 25) {
            Wire.read(
                part,
                (field, name, none) -> {
                  if (field == 1) {
                    graph.functions.add(Wire.text(name));
                  }
                });
          }
        });
    graph.inputs.keySet().removeAll(graph.constants.keySet());
    return graph;
  }

  private void readOpset(ByteBuffer bytes) {
    String[] domain = {""};
    long[] version = {0};
    Wire.read(
        bytes,
        (number, part, value) -> {
          if (number == 1) {
            domain[0] = Wire.text(part);
          } else if (number == 2) {
            version[0] = value;
          }
        });
    opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
  }

  private void readGraph(ByteBuffer bytes) {
    Wire.read(
        bytes,
        (number, part, value) -> {
          switch (number) {
            case 1 -> nodes.add(node(part));
            case 5 -> tensor(part, constants);
            case 11 -> readValue(part, inputs);
            case 12 -> {
              Map<String, List<Long>> output = new HashMap<>();
              readValue(part, output);
              outputs.addAll(output.keySet());
            }
            case 15 -> throw new IllegalArgumentException("a sparse tensor");
            default -> {}
          }
        });
  }

  private static Node node(ByteBuffer bytes) {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Attribute> attributes = new HashMap<>();
    String[] texts = {"", "", ""};
    Wire.read(
        bytes,
        (number, part, value) -> {
          switch (number) {
            case 1 -> inputs.add(Wire.text(part));
            case 2 -> outputs.add(Wire.text(part));
            case 3 -> texts[0] = Wire.text(part);
            case 4 -> texts[1] = Wire.text(part);
            case 5 -> readAttribute(part, attributes);
            case 7 -> texts[2] = Wire.text(part);
            default -> {}
          }
        });
    return new Node(texts[0], texts[2], texts[1], inputs, outputs, attributes);
  }

  private static void readAttribute(ByteBuffer bytes, Map<String, Attribute> into) {
    String[] texts = {"", ""};
    List<Long> numbers = new ArrayList<>();
    Map<String, Constant> tensors = new HashMap<>();
    Wire.read(
        bytes,
        (number, part, value) -> {
          switch (number) {
            case 1 -> texts[0] = Wire.text(part);
            case 3, 8 -> numbers.addAll(Wire.numbers(part, value));
            case 4 -> texts[1] = Wire.text(part);
            case 5 -> tensor(part, tensors);
            default -> {}
          }
        });
    into.put(
        texts[0],
        new Attribute(numbers, texts[1], tensors.values().stream().findFirst().orElse(null)));
  }

  private static void tensor(ByteBuffer bytes, Map<String, Constant> into) {
    List<Long> shape = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    String[] name = {""};
    long[] type = {0};
    ByteBuffer[] raw = {null};
    ByteBuffer[] packed = {null};
    List<Long> loose = new ArrayList<>();
    Wire.read(
        bytes,
        (number, part, value) -> {
          switch (number) {
            case 1 -> shape.addAll(Wire.numbers(part, value));
            case 2 -> type[0] = value;
            case 5, 7 -> {
              if (part == null) {
                loose.add(value);
              } else {
                packed[0] = part;
              }
            }
            case 8 -> name[0] = Wire.text(part);
            case 9 -> raw[0] = part;
            default -> {}
          }
        });
    into.put(
        name[0],
        new Constant(shape, SmallTensors.values(type[0], shape, raw[0], packed[0], loose)));
  }

  private static void readValue(ByteBuffer bytes, Map<String, List<Long>> into) {
    String[] name = {""};
    List<Long> sizes = new ArrayList<>();
    Wire.read(
        bytes,
        (number, part, value) -> {
          if (number == 1) {
            name[0] = Wire.text(part);
          } else if (number == 2) {
            Wire.read(part, (kind, type, none) -> readSizes(kind, type, sizes));
          }
        });
    into.put(name[0], sizes);
  }

  /** Of TypeProto.tensor_type. */
  private static void readSizes(int kind, ByteBuffer type, List<Long> sizes) {
    if (kind != 1) {
      return;
    }
    Wire.read(
        type,
        (number, shape, none) -> {
          if (number == 2) {
            Wire.read(shape, (field, dimension, nothing) -> sizes.add(size(dimension)));
          }
        });
  }

  private static long size(ByteBuffer dimension) {
    long[] size = {Fact.UNKNOWN};
    Wire.read(
        dimension,
        (number, text, value) -> {
          if (number == 1) {
            size[0] = value > 0 ? value : Fact.UNKNOWN;
          }
        });
    return size[0];
  }
}
