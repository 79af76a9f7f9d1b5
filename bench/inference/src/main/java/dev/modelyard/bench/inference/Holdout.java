package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The held-out rows of {@code examples/digits}: {@code label,p0,…,p63}, whole numbers 0 to 16. */
public record Holdout(List<Row> rows) {
  static final int PIXELS = 64;

  /**
   * @param pixels 64
   */
  public record Row(int label, float[] pixels) {}

  public static Holdout read(Path csv) throws IOException {
    List<Row> rows = Files.readAllLines(csv).stream().skip(1).map(Holdout::row).toList();
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(csv + " has no rows");
    }
    return new Holdout(rows);
  }

  private static Row row(String line) {
    String[] fields = line.split(",");
    if (fields.length != PIXELS + 1) {
      throw new IllegalArgumentException(
          "a row of the hold-out has %d fields, not %d: %s"
              .formatted(fields.length, PIXELS + 1, line));
    }
    float[] pixels = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      pixels[i] = Float.parseFloat(fields[i + 1]);
    }
    return new Row(Integer.parseInt(fields[0]), pixels);
  }
}
