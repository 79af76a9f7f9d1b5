package dev.modelyard.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.gateway.keys.ApiKeys.ApiKey;
import dev.modelyard.gateway.routing.ModelKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
  // printf %s secret | sha256sum
  private static final String SECRET =
      "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
  private static final ModelKey DIGITS = new ModelKey("vision", "digits");

  private static ApiKeys parse(String json) {
    return KeyFile.parse(json.getBytes(StandardCharsets.UTF_8), null, 0);
  }

  private static String file(String more) {
    return "{\"keys\":[{\"name\":\"team-a\",\"sha256\":\"" + SECRET + "\"" + more + "}]}";
  }

  @Test
  void aKeyIsFoundByItsHash() {
    ApiKeys keys = parse(file(""));

    assertThat(keys.find("secret").name()).isEqualTo("team-a");
    assertThat(keys.find("secret").mayAsk(DIGITS)).isTrue();
    assertThat(keys.find("Secret")).isNull();
    assertThat(keys.find(SECRET)).isNull();
    assertThat(keys.find("secret").toString()).doesNotContain("secret", SECRET);
  }

  @Test
  void aKeyMayBeForSomeModels() {
    ApiKey key = parse(file(",\"models\":[\"vision/digits\",\"nlp/*\"]")).find("secret");

    assertThat(key.mayAsk(DIGITS)).isTrue();
    assertThat(key.mayAsk(new ModelKey("vision", "other"))).isFalse();
    assertThat(key.mayAsk(new ModelKey("nlp", "any"))).isTrue();
    assertThat(key.mayAsk(new ModelKey("nlp2", "any"))).isFalse();
  }

  @Test
  void soManyRequestsAtOnceAndThenAtTheirPace() {
    RequestLimit limit = parse(file(",\"requestsPerMinute\":60")).find("secret").limit();
    for (int i = 0; i < 60; i++) {
      assertThat(limit.take(0)).isZero();
    }
    assertThat(limit.take(0)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(limit.take(TimeUnit.SECONDS.toNanos(1))).isZero();
    assertThat(limit.take(TimeUnit.SECONDS.toNanos(1))).isPositive();
    // A pause fills it up, and no further.
    long later = TimeUnit.HOURS.toNanos(1);
    for (int i = 0; i < 60; i++) {
      assertThat(limit.take(later)).isZero();
    }
    assertThat(limit.take(later)).isPositive();
  }

  @Test
  void theFileIsReadAgainAndABadOneChangesNothing(@TempDir Path folder) throws Exception {
    // As the kubelet mounts a Secret: a link to a folder is swapped.
    Path first = Files.createDirectory(folder.resolve("1"));
    Path second = Files.createDirectory(folder.resolve("2"));
    Files.writeString(first.resolve("keys.json"), file(",\"requestsPerSecond\":1"));
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    KeyFile keys = new KeyFile(data.resolve("keys.json"));
    assertThat(keys.get().find("secret").limit().take(System.nanoTime())).isZero();

    Files.writeString(second.resolve("keys.json"), "{\"keys\":[{\"name\":\"broken\"}]}");
    swap(folder, data, second);
    keys.reload();
    assertThat(keys.get().find("secret")).isNotNull();

    Files.writeString(second.resolve("keys.json"), file(",\"requestsPerSecond\":1,\"models\":[]"));
    keys.reload();
    // It has used its request up yet.
    assertThat(keys.get().find("secret").limit().take(System.nanoTime() - 1_000_000_000L))
        .isPositive();

    Files.writeString(second.resolve("keys.json"), "{\"keys\":[]}");
    keys.reload();
    assertThat(keys.get().find("secret")).isNull();
  }

  private static void swap(Path folder, Path link, Path to) throws Exception {
    Path next = Files.createSymbolicLink(folder.resolve("..next"), to);
    Files.move(
        next,
        link,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"keys\":[{\"sha256\":\"" + SECRET + "\"}]}",
        "{\"keys\":[{\"name\":\"a\",\"sha256\":\"secret\"}]}",
        "{\"keys\":[{\"name\":\"a\",\"key\":\"secret\"}]}",
        "{\"keys\":[{\"name\":\"a\",\"sha256\":\"" + SECRET + "\",\"models\":[\"*\"]}]}",
        "{\"keys\":[{\"name\":\"a\",\"sha256\":\"" + SECRET + "\",\"requestsPerSecond\":0}]}",
        "{\"keys\":[{\"name\":\"a\",\"sha256\":\""
            + SECRET
            + "\"},{\"name\":\"b\",\"sha256\":\""
            + SECRET
            + "\"}]}",
      })
  void aFileThatIsWrongIsRefusedWithoutQuotingIt(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank()
        .doesNotContain("secret\"", SECRET);
  }
}
