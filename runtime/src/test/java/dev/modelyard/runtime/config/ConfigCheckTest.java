package dev.modelyard.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCheckTest {
  private final Map<String, String> environment =
      new HashMap<>(
          Map.of(
              "MODELYARD_MODEL_NAME", "digits",
              "MODELYARD_MODEL_REVISION", "1",
              "MODELYARD_MODEL_URI", "file:///models/a.onnx"));

  @Test
  void theRequiredOnesAreEnough() {
    assertThat(problems()).isEmpty();
  }

  @Test
  void anEmptyValueIsAnAbsentOne() {
    environment.put("MODELYARD_MODEL_DIGEST", "");
    assertThat(problems()).isEmpty();
    environment.put("MODELYARD_MODEL_URI", "");
    assertThat(problems()).containsExactly("MODELYARD_MODEL_URI is required");
  }

  @Test
  void allProblemsAreToldAtOnce() {
    environment.clear();
    environment.put("MODELYARD_SERVING_WORKERS", "0");

    assertThat(problems())
        .containsExactly(
            "MODELYARD_MODEL_NAME is required",
            "MODELYARD_MODEL_REVISION is required",
            "MODELYARD_MODEL_URI is required",
            "MODELYARD_SERVING_WORKERS: 0 is less than 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "MODELYARD_MODEL_URI | s3://bucket/m | which is not supported",
        "MODELYARD_MODEL_DIGEST | md5:0 | write sha256: and 64 hex digits",
        "MODELYARD_MODEL_MAX_BYTES | -1 | -1 is less than 1",
        "MODELYARD_MODEL_MAX_BYTES | 50Gi | is not a whole number",
        "MODELYARD_MODEL_CACHE | models | is not an absolute path",
        "MODELYARD_MODEL_LOAD_TIMEOUT | PT0S | must be more than zero",
        "MODELYARD_MODEL_LOAD_TIMEOUT | 30m | write for example PT30S",
        "MODELYARD_SERVING_BATCHING_MAX_DELAY | PT-1S | must be zero or more",
        "MODELYARD_SERVING_BATCHING_MAX_DELAY | PT30S | than MODELYARD_SERVING_REQUEST_TIMEOUT, PT30S",
        "MODELYARD_MODEL_LOAD_TIMEOUT | P999999999D | must be at most PT8760H",
        "MODELYARD_SERVING_QUEUE_CAPACITY | 99999999999 | is more than 1000000",
        "MODELYARD_GPU_COUNT | -1 | -1 is less than 0",
        "MODELYARD_SHUTDOWN_DELAY | PT60S | must be shorter than MODELYARD_SHUTDOWN_GRACE",
        "MODELYARD_SHUTDOWN_GRACE | PT5S | must be shorter than MODELYARD_SHUTDOWN_GRACE",
        "MODELYARD_SOURCE_ALLOWED_ADDRESSES | 10.0.0.0/8,localhost | 'localhost' is not a block",
      })
  void saysWhatIsWrongAndWhere(String variable, String value, String words) {
    environment.put(variable, value);

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith(variable.startsWith("MODELYARD_SHUTDOWN") ? "MODELYARD_SHUTDOWN" : variable)
        .contains(words);
  }

  @Test
  void aClaimNeedsItsMount() {
    environment.put("MODELYARD_MODEL_URI", "pvc://claim/model.onnx");
    assertThat(problems()).singleElement().asString().contains("MODELYARD_MODEL_VOLUME");
    environment.put("MODELYARD_MODEL_VOLUME", "/mnt/model");
    assertThat(problems()).isEmpty();
  }

  private List<String> problems() {
    return ConfigCheck.problems(name -> environment.get(ConfigCheck.variable(name)));
  }
}
