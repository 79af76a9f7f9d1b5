package dev.modelyard.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * @param accuracy share of images whose digit is right
 * @param recall macro recall: the mean over the digits of the share that is right among its images
 */
record Scores(double accuracy, double recall) {
  /** What the training script recorded of a revision. */
  static Scores recorded(Path metrics, String revision) {
    try {
      JsonNode figures = new ObjectMapper().readTree(metrics.toFile()).path(revision);
      if (!figures.path("accuracy").isNumber() || !figures.path("recall").isNumber()) {
        throw new DemoFailure(metrics + " has no accuracy and recall of revision " + revision);
      }
      return new Scores(figures.get("accuracy").asDouble(), figures.get("recall").asDouble());
    } catch (IOException e) {
      throw new DemoFailure("cannot read " + metrics + ": " + e.getMessage(), e);
    }
  }

  /** As the last line of the demo gives them, with 3 decimals. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "accuracy=%.3f recall=%.3f", accuracy, recall);
  }
}
