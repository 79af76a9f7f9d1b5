package dev.modelyard.runtime.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelUriTest {
  @Test
  void readsEachKind() {
    assertThat(ModelUri.parse("file:///models/a%20b.onnx"))
        .isEqualTo(new ModelUri.LocalFile(Path.of("/models/a b.onnx")));
    assertThat(ModelUri.parse("file:/models/a.onnx"))
        .isEqualTo(new ModelUri.LocalFile(Path.of("/models/a.onnx")));
    assertThat(ModelUri.parse("pvc://digits-models/1/model.onnx"))
        .isEqualTo(new ModelUri.Volume("digits-models", "1/model.onnx"));
    assertThat(ModelUri.parse("pvc://digits-models/"))
        .isEqualTo(new ModelUri.Volume("digits-models", ""));
    assertThat(ModelUri.parse("HTTPS://h/m.onnx")).isInstanceOf(ModelUri.Http.class);
  }

  @Test
  void showsNoSignature() {
    assertThat(ModelUri.parse("https://h:8443/a/m.onnx?X-Signature=abc#f").display())
        .isEqualTo("https://h:8443/a/m.onnx");
  }

  @ParameterizedTest
  @CsvSource({
    "s3://bucket/model, scheme 's3'",
    "/models/a.onnx, no scheme",
    "file:a.onnx, absolute path",
    "file://host/a.onnx, absolute path",
    "file:///a?b, neither query nor fragment",
    "pvc:///a.onnx, names a claim",
    "pvc:a.onnx, names a claim",
    "pvc://claim/a/../../b, '..'",
    "pvc://claim/a/%2e%2e/b, '..'",
    "https:///a.onnx, names no host",
    "https:a.onnx, names no host",
    "https://user:geheim@h/a.onnx, user name or password",
    "https://h/a b geheim, not a URI",
  })
  void saysWhatIsWrong(String uri, String words) {
    ModelFailure failure = catchThrowableOfType(ModelFailure.class, () -> ModelUri.parse(uri));

    assertThat(failure.reason()).isEqualTo(FailureReason.InvalidConfiguration);
    assertThat(failure).hasMessageContaining(words).hasMessageNotContaining("geheim");
  }
}
