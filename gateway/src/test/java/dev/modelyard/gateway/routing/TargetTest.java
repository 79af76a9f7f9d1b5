package dev.modelyard.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.gateway.routing.Target.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

  @ParameterizedTest
  @CsvSource({
    "/vision/digits/v2/models/digits/infer, /v2/models/digits/infer",
    "/vision/digits/, /",
    "/vision/digits, /",
    "/vision/digits?a=/b/../c%2F, /?a=/b/../c%2F",
    "/vision/digits/v2?x=1, /v2?x=1",
    "/vision/digits/a/, /a/",
    "/vision/digits/.hidden/a..b/...c, /.hidden/a..b/...c",
    "/vision/digits/%C3%A4, /%C3%A4",
  })
  void thePathNamesTheModel(String uri, String upstream) {
    Target target = Target.parse(uri);

    assertThat(target.kind()).isEqualTo(Kind.PATH);
    assertThat(target.model()).isEqualTo(new ModelKey("vision", "digits"));
    assertThat(target.upstreamUri()).isEqualTo(upstream);
    assertThat(target.prefix()).isEqualTo("/vision/digits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v2", "/vision/", "/vision", "/vision?/digits/"})
  void aPathMayNameNone(String uri) {
    assertThat(Target.parse(uri).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions", "/v1/models"})
  void theBodyNamesTheModelOfOpenAiPaths(String uri) {
    assertThat(Target.parse(uri).kind()).isEqualTo(Kind.BODY);
    assertThat(Target.parse(uri).upstreamUri()).isEqualTo(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "vision/digits/x",
        "http://169.254.169.254/latest",
        "//vision/digits/x",
        "/vision//digits/x",
        "/vision/digits//x",
        "/../vision/digits",
        "/vision/digits/..",
        "/vision/digits/../../other/model",
        "/vision/digits/./x",
        "/vision/digits/..;/x",
        "/vision/digits/%2e%2e/x",
        "/vision/digits/%2E/x",
        "/vision%2fdigits/x",
        "/vision/digits/%5c",
        "/vision/digits/%252f",
        "/vision/digits/%00",
        "/vision/digits/%",
        "/vision/digits/%4",
        "/vision/digits/%zz",
        "/vision/digits/a\\b",
        "/vision/digits/a b",
        "/vision/digits/a\u0001",
        "/vision/digits/ä",
        "/vision/digits?a=\n",
        "/vision/digits#x",
      })
  void whatMayBeReadInTwoWaysIsRefused(String uri) {
    assertThat(Target.parse(uri).kind()).isEqualTo(Kind.MALFORMED);
    assertThat(Target.parse(uri).problem()).isNotBlank();
  }
}
