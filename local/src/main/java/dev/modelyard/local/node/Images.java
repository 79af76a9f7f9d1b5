package dev.modelyard.local.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a laptop has instead of container images: the command that an image would run.
 *
 * @param commands image name to command line; the word {@value #TEMPORARY} in it becomes the pod's
 *     own folder for temporary files
 */
public record Images(Map<String, List<String>> commands) {
  public static final String TEMPORARY = "{tmp}";

  Optional<List<String>> command(String image, String temporary) {
    return Optional.ofNullable(commands.get(image))
        .map(words -> words.stream().map(word -> word.replace(TEMPORARY, temporary)).toList());
  }
}
