package dev.modelyard.bench.inference;

import dev.modelyard.bench.inference.Holdout.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How one row is put into a request of the Open Inference Protocol v2. */
public enum Format {
  /** Input and outputs as JSON; the outputs are all there are. */
  JSON("application/json") {
    @Override
    public Body body(Row row) {
      StringBuilder json =
          new StringBuilder(
              "{\"inputs\":[{\"name\":\"pixels\",\"shape\":[1,64],\"datatype\":\"FP32\",\"data\":[");
      for (int i = 0; i < row.pixels().length; i++) {
        json.append(i == 0 ? "" : ",").append((int) row.pixels()[i]);
      }
      return new Body(json.append("]}]}").toString().getBytes(StandardCharsets.UTF_8), -1);
    }
  },

  /** Input and outputs as raw little-endian numbers after the JSON. */
  BINARY("application/octet-stream") {
    private static final String HEADER =
        "{\"inputs\":[{\"name\":\"pixels\",\"shape\":[1,64],\"datatype\":\"FP32\","
            + "\"parameters\":{\"binary_data_size\":256}}],"
            + "\"parameters\":{\"binary_data_output\":true}}";

    @Override
    public Body body(Row row) {
      byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes =
          ByteBuffer.allocate(header.length + row.pixels().length * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(header);
      for (float pixel : row.pixels()) {
        bytes.putFloat(pixel);
      }
      return new Body(bytes.array(), header.length);
    }
  };

  private final String contentType;

  Format(String contentType) {
    this.contentType = contentType;
  }

  /**
   * @param jsonLength for the header {@code Inference-Header-Content-Length}; -1 where there is
   *     none
   */
  public record Body(byte[] bytes, int jsonLength) {}

  public abstract Body body(Row row);

  public String contentType() {
    return contentType;
  }

  String label() {
    return this == JSON ? "JSON" : name().toLowerCase(Locale.ROOT);
  }

  /** Writes all bodies as {@code infer.lua} reads them. */
  public void write(Holdout holdout, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (Row row : holdout.rows()) {
        Body body = body(row);
        out.write(
            (body.bytes().length + " " + body.jsonLength() + "\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body.bytes());
        out.write('\n');
      }
    }
  }
}
