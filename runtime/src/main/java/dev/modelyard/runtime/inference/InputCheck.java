package dev.modelyard.runtime.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Compares the inputs of a request with those of the model. */
final class InputCheck {
  private InputCheck() {}

  /**
   * @return the inputs in the model's order
   * @throws InferenceException {@code INVALID_INPUT} that names the input and what it should be
   */
  static List<Tensor> inOrder(List<TensorMetadata> expected, List<Tensor> given) {
    List<Tensor> ordered = new ArrayList<>(expected.size());
    for (TensorMetadata input : expected) {
      Tensor found = null;
      for (Tensor tensor : given) {
        if (tensor.name().equals(input.name())) {
          if (found != null) {
            throw InferenceException.invalid("input '" + input.name() + "' is given twice");
          }
          found = tensor;
        }
      }
      if (found == null) {
        throw InferenceException.invalid(
            "input '%s' is missing; the model takes %s".formatted(input.name(), names(expected)));
      }
      check(input, found);
      ordered.add(found);
    }
    if (given.size() != expected.size()) {
      Tensor unknown = given.stream().filter(t -> !ordered.contains(t)).findFirst().orElseThrow();
      throw InferenceException.invalid(
          "the model has no input '%s'; it takes %s".formatted(unknown.name(), names(expected)));
    }
    return ordered;
  }

  private static void check(TensorMetadata input, Tensor tensor) {
    if (tensor.datatype() != input.datatype()) {
      throw InferenceException.invalid(
          "input '%s' has datatype %s; the model takes %s"
              .formatted(input.name(), tensor.datatype(), input.datatype()));
    }
    if (!Shapes.matches(tensor.shape(), input.shape())) {
      throw InferenceException.invalid(
          "input '%s' has shape %s; the model takes %s%s"
              .formatted(
                  input.name(),
                  Arrays.toString(tensor.shape()),
                  input.shape(),
                  input.shape().contains(-1L) ? ", where -1 is any size" : ""));
    }
    if (tensor.strings() != null) {
      checkText(input.name(), tensor.strings());
    }
  }

  private static void checkText(String name, String[] strings) {
    for (int i = 0; i < strings.length; i++) {
      String text = strings[i];
      for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
        int character = text.codePointAt(at);
        if (character == 0) {
          throw InferenceException.invalid(
              "input '%s': element %d has the character U+0000, at which a text ends in ONNX Runtime; leave it out"
                  .formatted(name, i));
        }
        if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
          throw InferenceException.invalid(
              ("input '%s': element %d has U+%04X, one half of a surrogate pair, which is no"
                      + " character; send both halves")
                  .formatted(name, i, character));
        }
      }
    }
  }

  /** Such as {@code 'pixels' FP32 [-1, 64]}. */
  private static String names(List<TensorMetadata> inputs) {
    return inputs.stream()
        .map(input -> "'%s' %s %s".formatted(input.name(), input.datatype(), input.shape()))
        .collect(Collectors.joining(", "));
  }
}
