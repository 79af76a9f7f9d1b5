package dev.modelyard.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.local.apiserver.ApiServers;
import dev.modelyard.local.process.StartFailure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @BeforeEach
  void launched() {
    System.setProperty("modelyard.root", "/a repository");
  }

  @AfterEach
  void ended() {
    System.clearProperty("modelyard.root");
  }

  @Test
  void readsCommandAndOptions() {
    Options options = Options.parse(List.of("demo", "--api-server=embedded", "--home=/a home"));
    assertThat(options.command()).isEqualTo(Options.Command.demo);
    assertThat(options.apiServer()).isEqualTo(ApiServers.Kind.embedded);
    assertThat(options.home()).isEqualTo(Path.of("/a home"));
    assertThat(options.root()).isEqualTo(Path.of("/a repository"));
  }

  @Test
  void saysWhatItDoesNotUnderstand() {
    assertThatThrownBy(() -> Options.parse(List.of("demo", "--fast")))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("what is --fast?")
        .hasMessageContaining("Usage:");
    assertThatThrownBy(() -> Options.parse(List.of("demo", "up")))
        .hasMessageStartingWith("what is up?");
    assertThatThrownBy(() -> Options.parse(List.of("up", "--api-server=fake")))
        .hasMessage("--api-server is auto, embedded or real, not fake");
    assertThatThrownBy(() -> Options.parse(List.of())).hasMessageStartingWith("no command");
  }
}
