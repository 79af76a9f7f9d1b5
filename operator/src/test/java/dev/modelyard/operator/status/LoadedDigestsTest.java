package dev.modelyard.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadedDigestsTest {
  /**
   * Each pod is {@code name:since:digest}: when it became Ready, {@code -} for not yet; and what it
   * says it loaded, {@code -} for nothing, {@code !digest} for refused, {@code @digest} for another
   * revision's pod that answers at its address.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "one that is Ready          | none | p:1:a                | a    | ''",
        "none is Ready              | none | p:-:a q:-:b          | none | none",
        "Ready, and has not told    | none | p:1:- q:-:b          | none | none",
        "the first to be Ready      | none | p:2:b q:1:a          | a    | p",
        "at the same time: by name  | none | p:1:b q:1:a          | b    | q",
        "one that is not Ready yet  | none | p:1:a q:-:b          | a    | q",
        "what is recorded counts    | b    | p:1:a q:2:b          | b    | p",
        "what is recorded, no pod   | b    | ''                   | b    | ''",
        "refused by the runtime     | a    | p:1:a q:-:!b         | a    | ''",
        "the answer of another      | a    | p:1:a q:2:@b         | a    | ''"
      })
  void theFirstReadyPodCountsAndOthersAreStrays(
      String what, String recorded, String pods, String digest, String strays) {
    List<Pod> live = new ArrayList<>();
    Map<String, RuntimeStatus> answers = new HashMap<>();
    for (String text : pods.isBlank() ? new String[0] : pods.split(" ")) {
      String[] part = text.split(":");
      live.add(pod(part[0], part[1]));
      if (!part[2].equals("-")) {
        answers.put(part[0], answer(part[2]));
      }
    }

    Optional<LoadedDigests> found =
        LoadedDigests.of("r1", Optional.ofNullable(recorded), live, answers);

    assertThat(found.map(LoadedDigests::digest)).isEqualTo(Optional.ofNullable(digest));
    assertThat(
            found
                .map(one -> one.strays().stream().map(pod -> pod.getMetadata().getName()).toList())
                .map(names -> String.join(" ", names)))
        .isEqualTo(Optional.ofNullable(strays));
  }

  private static Pod pod(String name, String readySince) {
    boolean ready = !readySince.equals("-");
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withUid(name)
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .withLastTransitionTime("2026-11-23T12:00:0" + (ready ? readySince : "9") + "Z")
        .endCondition()
        .endStatus()
        .build();
  }

  private static RuntimeStatus answer(String digest) {
    boolean refused = digest.startsWith("!");
    boolean other = digest.startsWith("@");
    return new RuntimeStatus(
        refused ? "FAILED" : "READY",
        other ? "r2" : "r1",
        new RuntimeStatus.Model(
            "https://models.example.org/1.onnx",
            digest.replaceAll("[!@]", ""),
            3L,
            null,
            null,
            null),
        null,
        null,
        null,
        refused ? new RuntimeStatus.Failure("ModelChanged", "it has changed") : null);
  }
}
