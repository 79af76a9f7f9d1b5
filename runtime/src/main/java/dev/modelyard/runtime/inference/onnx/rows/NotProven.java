package dev.modelyard.runtime.inference.onnx.rows;

/** Why an operator is not known to keep rows apart, in words that follow its name. */
final class NotProven extends Exception {
  private static final long serialVersionUID = 1L;

  NotProven(String why) {
    super(why, null, false, false);
  }
}
