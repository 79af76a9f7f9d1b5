package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatTest {
  private static final Holdout.Row ROW = row();
  @TempDir Path folder;

  private static Holdout.Row row() {
    float[] pixels = new float[Holdout.PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 17;
    }
    return new Holdout.Row(7, pixels);
  }

  @Test
  void jsonHasTheNumbersInTheTensor() throws Exception {
    Format.Body body = Format.JSON.body(ROW);
    JsonNode input = new ObjectMapper().readTree(body.bytes()).path("inputs").path(0);
    assertThat(body.jsonLength()).isEqualTo(-1);
    assertThat(input.path("data")).hasSize(64);
    assertThat(input.path("data").path(18).asInt()).isEqualTo(1);
  }

  @Test
  void binaryHasThemAfterTheJson() throws Exception {
    Format.Body body = Format.BINARY.body(ROW);
    JsonNode json = new ObjectMapper().readTree(body.bytes(), 0, body.jsonLength());
    assertThat(json.path("inputs").path(0).path("parameters").path("binary_data_size").asInt())
        .isEqualTo(256)
        .isEqualTo(body.bytes().length - body.jsonLength());
    float last =
        ByteBuffer.wrap(body.bytes())
            .order(ByteOrder.LITTLE_ENDIAN)
            .getFloat(body.bytes().length - 4);
    assertThat(last).isEqualTo(63 % 17);
  }

  @Test
  void theFileForWrkHasALineOfLengthsBeforeEveryBody() throws Exception {
    Path file = folder.resolve("bodies");
    Format.BINARY.write(new Holdout(List.of(ROW, ROW)), file);
    Format.Body body = Format.BINARY.body(ROW);
    String line = body.bytes().length + " " + body.jsonLength() + "\n";
    String one = line + new String(body.bytes(), StandardCharsets.ISO_8859_1) + "\n";
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo(one + one);
  }
}
