package dev.modelyard.local.demo;

/**
 * What a model says of one image.
 *
 * @param probabilities one for each digit
 */
record Answer(int label, float[] probabilities) {
  // A batch may be summed in another order than a single row.
  private static final float TOLERANCE = 1e-4f;

  boolean isLike(Answer other) {
    if (label != other.label || probabilities.length != other.probabilities.length) {
      return false;
    }
    for (int i = 0; i < probabilities.length; i++) {
      if (!(Math.abs(probabilities[i] - other.probabilities[i]) <= TOLERANCE)) {
        return false;
      }
    }
    return true;
  }
}
