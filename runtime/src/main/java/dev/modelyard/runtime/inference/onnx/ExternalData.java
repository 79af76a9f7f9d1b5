package dev.modelyard.runtime.inference.onnx;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The other files that an ONNX file names as the place of its weights ({@code external_data} of
 * onnx.proto). ONNX Runtime opens whatever they name, also outside of the model's folder.
 */
final class ExternalData {
  private static final int MOST_DEPTH = 100;

  /** Messages of onnx.proto on the way to a tensor, by their fields' numbers. */
  private enum Message {
    MODEL,
    TRAINING,
    GRAPH,
    FUNCTION,
    NODE,
    ATTRIBUTE,
    SPARSE,
    TENSOR,
    ENTRY
  }

  private static final Map<Message, Map<Integer, Message>> FIELDS =
      Map.of(
          Message.MODEL, Map.of(7, Message.GRAPH, 20, Message.TRAINING, 25, Message.FUNCTION),
          Message.TRAINING, Map.of(1, Message.GRAPH, 2, Message.GRAPH),
          Message.GRAPH, Map.of(1, Message.NODE, 5, Message.TENSOR, 15, Message.SPARSE),
          Message.FUNCTION, Map.of(7, Message.NODE, 11, Message.ATTRIBUTE),
          Message.NODE, Map.of(5, Message.ATTRIBUTE),
          Message.ATTRIBUTE,
              Map.of(
                  5,
                  Message.TENSOR,
                  6,
                  Message.GRAPH,
                  10,
                  Message.TENSOR,
                  11,
                  Message.GRAPH,
                  22,
                  Message.SPARSE,
                  23,
                  Message.SPARSE),
          Message.SPARSE, Map.of(1, Message.TENSOR, 2, Message.TENSOR),
          Message.TENSOR, Map.of(13, Message.ENTRY),
          Message.ENTRY, Map.of());

  private final Set<String> locations = new TreeSet<>();

  private ExternalData() {}

  /**
   * @param root that no location may leave
   * @param links that no link may leave: the claim, where the model is in one
   * @param covered whether the digest that was checked, if one was, is of the whole folder
   * @throws ModelFailure {@code SourceForbidden} for a location outside, or that nothing has
   *     checked
   */
  static void check(Path file, Path root, Path links, boolean covered) {
    try {
      Path real = links.toRealPath();
      for (String location : locations(file)) {
        Path place = file.resolveSibling(location);
        if (!place.normalize().startsWith(root.normalize())
            || !place.toRealPath().startsWith(real)) {
          throw forbidden(file, location, "which is outside of the model's folder");
        }
        if (!covered) {
          throw forbidden(
              file,
              location,
              "which the digest of this one file does not cover; name the folder in the uri, and its"
                  + " digest");
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw new ModelFailure(
          FailureReason.ModelLoadFailed,
          "a file that '%s' keeps weights in cannot be read: %s".formatted(file.getFileName(), e),
          e);
    }
  }

  private static ModelFailure forbidden(Path file, String location, String why) {
    return new ModelFailure(
        FailureReason.SourceForbidden,
        "'%s' keeps weights in '%s', %s".formatted(file.getFileName(), location, why));
  }

  static Set<String> locations(Path file) throws IOException {
    ExternalData found = new ExternalData();
    try (FileChannel channel = FileChannel.open(file)) {
      // Protocol buffers have 2 GiB at most; what is larger is not ONNX, as ONNX Runtime will say.
      if (channel.size() <= Integer.MAX_VALUE) {
        ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        found.read(bytes, Message.MODEL, 0);
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // Not a protocol buffer: ONNX Runtime says so in its own words.
      return found.locations;
    }
    return found.locations;
  }

  private void read(ByteBuffer bytes, Message message, int depth) {
    if (depth > MOST_DEPTH) {
      throw new IllegalArgumentException("nested too deeply");
    }
    String key = "";
    String value = "";
    while (bytes.hasRemaining()) {
      long tag = varint(bytes);
      int field = (int) (tag >>> 3);
      switch ((int) tag & 7) {
        case 0 -> varint(bytes);
        case 1 -> bytes.getLong();
        case 5 -> bytes.getInt();
        case 2 -> {
          long length = varint(bytes);
          if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
          }
          ByteBuffer part = bytes.slice(bytes.position(), (int) length);
          bytes.position(bytes.position() + (int) length);
          Message inner = FIELDS.get(message).get(field);
          if (inner != null) {
            read(part, inner, depth + 1);
          } else if (message == Message.ENTRY && field == 1) {
            key = StandardCharsets.UTF_8.decode(part).toString();
          } else if (message == Message.ENTRY && field == 2) {
            value = StandardCharsets.UTF_8.decode(part).toString();
          }
        }
        default -> throw new IllegalArgumentException("no wire type");
      }
    }
    if (message == Message.ENTRY && key.equals("location")) {
      locations.add(value);
    }
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without an end");
  }
}
