package dev.modelyard.local;

import dev.modelyard.local.apiserver.ApiServers;
import dev.modelyard.local.home.Home;
import dev.modelyard.local.process.StartFailure;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line.
 *
 * @param root the repository, from the launcher
 */
record Options(Command command, Path home, ApiServers.Kind apiServer, Path root) {
  enum Command {
    demo,
    up
  }

  static final String USAGE =
      """
      Usage: ./modelyard <command> [option…]

        demo    serve a trained model, roll it, wake it from zero, scale it under load; prove each step
        up      leave a cluster of this laptop running, for kubectl; Ctrl-C ends it
        help    this text

      Options:
        --api-server=auto|embedded|real   auto: kube-apiserver where it is or can be downloaded, else the embedded one
        --home=<folder>                   logs, pods, volumes and kubeconfig; by default $XDG_STATE_HOME/modelyard
      """;

  /**
   * @throws StartFailure naming the word that is not understood
   */
  static Options parse(List<String> words) {
    Command command = null;
    Path home = Home.byDefault();
    var apiServer = ApiServers.Kind.auto;
    for (String word : words) {
      if (word.startsWith("--home=") && word.length() > "--home=".length()) {
        home = Path.of(word.substring("--home=".length()));
      } else if (word.startsWith("--api-server=")) {
        apiServer = kind(word.substring("--api-server=".length()));
      } else if (command == null && (word.equals("demo") || word.equals("up"))) {
        command = Command.valueOf(word);
      } else {
        throw new StartFailure(
            "what is " + word + "? Options are written --name=value.\n\n" + USAGE);
      }
    }
    if (command == null) {
      throw new StartFailure("no command\n\n" + USAGE);
    }
    String root = System.getProperty("modelyard.root");
    if (root == null) {
      throw new StartFailure("start this with ./modelyard: it says where the repository is");
    }
    return new Options(command, home, apiServer, Path.of(root));
  }

  private static ApiServers.Kind kind(String word) {
    return switch (word) {
      case "auto" -> ApiServers.Kind.auto;
      case "embedded" -> ApiServers.Kind.embedded;
      case "real" -> ApiServers.Kind.real;
      default -> throw new StartFailure("--api-server is auto, embedded or real, not " + word);
    };
  }
}
