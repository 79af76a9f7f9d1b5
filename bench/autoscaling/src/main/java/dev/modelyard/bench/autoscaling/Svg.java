package dev.modelyard.bench.autoscaling;

import java.util.List;
import java.util.Locale;

/** Writes the few shapes that a plot needs; readable on a light and on a dark page. */
final class Svg {
  private static final String INK = "#7a7a7a";

  private final StringBuilder shapes = new StringBuilder();
  private final int width;
  private final int height;

  Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  Svg line(double x1, double y1, double x2, double y2) {
    return add(
        "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='0.5'/>",
        x1, y1, x2, y2, INK);
  }

  Svg text(double x, double y, String anchor, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return add(
        "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>%s</text>", x, y, anchor, INK, escaped);
  }

  /** With words that appear when one points at it. */
  Svg dot(double x, double y, String color, String title) {
    return add(
        "<circle cx='%.1f' cy='%.1f' r='4' fill='%s' fill-opacity='0.75'><title>%s</title></circle>",
        x, y, color, title);
  }

  /** A value that holds until the next point. */
  Svg steps(List<double[]> points, String color) {
    StringBuilder path = new StringBuilder();
    double[] last = null;
    for (double[] point : points) {
      path.append(
          last == null
              ? String.format(Locale.ROOT, "M%.1f %.1f", point[0], point[1])
              : last[1] == point[1]
                  ? ""
                  : String.format(Locale.ROOT, "H%.1fV%.1f", point[0], point[1]));
      last = point;
    }
    if (last != null) {
      path.append(String.format(Locale.ROOT, "H%.1f", last[0]));
    }
    return add("<path d='%s' fill='none' stroke='%s' stroke-width='1.5'/>", path, color);
  }

  private Svg add(String pattern, Object... values) {
    shapes.append(String.format(Locale.ROOT, pattern, values)).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d'"
            + " font-family='sans-serif' font-size='12'>%n%s</svg>%n",
        width,
        height,
        width,
        height,
        shapes);
  }
}
