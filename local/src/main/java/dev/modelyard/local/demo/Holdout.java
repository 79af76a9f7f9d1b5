package dev.modelyard.local.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The images that no training has seen.
 *
 * @param labels one digit an image
 * @param pixels 64 numbers an image, 0 to 16
 */
record Holdout(List<Integer> labels, List<float[]> pixels) {
  static final int PIXELS = 64;

  /**
   * @throws DemoFailure naming the line that is not {@code label,p0..p63}
   */
  static Holdout read(Path csv) {
    List<Integer> labels = new ArrayList<>();
    List<float[]> pixels = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(csv);
      for (int i = 1; i < lines.size(); i++) {
        String[] cells = lines.get(i).split(",");
        if (cells.length != PIXELS + 1) {
          throw new DemoFailure(
              csv + ":" + (i + 1) + ": " + cells.length + " cells, not " + (PIXELS + 1));
        }
        labels.add(Integer.parseInt(cells[0]));
        float[] row = new float[PIXELS];
        for (int p = 0; p < PIXELS; p++) {
          row[p] = Float.parseFloat(cells[p + 1]);
        }
        pixels.add(row);
      }
    } catch (IOException | NumberFormatException e) {
      throw new DemoFailure("cannot read " + csv + ": " + e.getMessage(), e);
    }
    if (labels.isEmpty()) {
      throw new DemoFailure(csv + " holds no image");
    }
    return new Holdout(List.copyOf(labels), List.copyOf(pixels));
  }

  int size() {
    return labels.size();
  }

  /** Rows of some images, one after the other. */
  float[] rows(int from, int to) {
    float[] rows = new float[(to - from) * PIXELS];
    for (int i = from; i < to; i++) {
      System.arraycopy(pixels.get(i), 0, rows, (i - from) * PIXELS, PIXELS);
    }
    return rows;
  }

  Scores score(List<Answer> answers) {
    int classes = labels.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
    int[] of = new int[classes];
    int[] right = new int[classes];
    for (int i = 0; i < size(); i++) {
      int label = labels.get(i);
      of[label]++;
      if (answers.get(i).label() == label) {
        right[label]++;
      }
    }
    double recall = 0;
    int present = 0;
    for (int digit = 0; digit < classes; digit++) {
      if (of[digit] > 0) {
        present++;
        recall += (double) right[digit] / of[digit];
      }
    }
    return new Scores((double) Arrays.stream(right).sum() / size(), recall / present);
  }
}
