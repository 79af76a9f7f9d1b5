package dev.modelyard.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Cases as folders: {@code in.yaml} and what must come of it. With {@code
 * -Dmodelyard.regenerate=true} the expected files are written anew; review the difference.
 */
public final class Golden {
  private static final boolean REGENERATE = Boolean.getBoolean("modelyard.regenerate");
  private static final Path RESOURCES = Path.of("src/test/resources");
  public static final String INPUT = "in.yaml";

  /** Strict: a misspelt field in a case would test nothing. */
  public static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .disable(YAMLGenerator.Feature.SPLIT_LINES)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .build())
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private Golden() {}

  /** The folders of a kind of cases. */
  public static List<Path> cases(String kind) throws IOException {
    try (Stream<Path> folders = Files.list(RESOURCES.resolve(kind))) {
      List<Path> cases = folders.sorted().toList();
      assertThat(cases).isNotEmpty().allMatch(Files::isDirectory);
      return cases;
    }
  }

  public static <T> T input(Path folder, Class<T> type) throws IOException {
    return YAML.readValue(folder.resolve(INPUT).toFile(), type);
  }

  /**
   * @param outputs what each file must hold, by file name; no other file may be in the folder
   */
  public static void check(Path folder, Map<String, ?> outputs) throws IOException {
    Map<String, String> actual = new TreeMap<>();
    for (Map.Entry<String, ?> output : outputs.entrySet()) {
      actual.put(output.getKey(), YAML.writeValueAsString(output.getValue()));
    }
    if (REGENERATE) {
      for (Map.Entry<String, String> output : actual.entrySet()) {
        Files.writeString(folder.resolve(output.getKey()), output.getValue());
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertThat(names)
          .as("files of %s: every one must be used, every result must have one", folder)
          .containsOnlyOnceElementsOf(actual.keySet())
          .contains(INPUT)
          .hasSize(actual.size() + 1);
    }
    for (Map.Entry<String, String> output : actual.entrySet()) {
      assertThat(output.getValue())
          .as("%s/%s", folder, output.getKey())
          .isEqualTo(Files.readString(folder.resolve(output.getKey())));
    }
  }
}
