package dev.modelyard.runtime;

import dev.modelyard.runtime.config.ConfigCheck;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import dev.modelyard.runtime.model.TerminationLog;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/** Checks the configuration, then starts Quarkus. */
@QuarkusMain
public final class Main {
  private static final Logger LOG = Logger.getLogger(Main.class);

  Main() {}

  public static void main(String... args) {
    // Until the lifecycle takes over there is nothing to finish, and to be stopped is no failure.
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(new Signal(name), signal -> Runtime.getRuntime().halt(0));
    }
    List<String> problems = ConfigCheck.problems(Main::setting);
    if (!problems.isEmpty()) {
      fail(String.join("; ", problems));
      System.exit(1);
    }
    for (String variable : ConfigCheck.unknown(System.getenv().keySet())) {
      LOG.warnf("%s is not a setting of this runtime and has no effect", variable);
    }
    Quarkus.run(null, Main::ended, args);
  }

  private static void ended(Integer code, Throwable cause) {
    if (cause != null) {
      // A port in use, for one; what wraps it only says that Quarkus did not start.
      Throwable root = cause;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      fail("the server did not start: " + root);
    }
    System.exit(code);
  }

  private static void fail(String message) {
    ModelFailure failure = new ModelFailure(FailureReason.InvalidConfiguration, message);
    // Not through the log, which Quarkus holds back until it has started.
    System.err.print(TerminationLog.line(failure));
    String file =
        Optional.ofNullable(setting("modelyard.termination-log"))
            .filter(value -> !value.isEmpty())
            .orElse("/dev/termination-log");
    try {
      new TerminationLog(Path.of(file)).write(failure);
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("the termination log " + file + " cannot be written: " + e);
    }
  }

  /** System properties come first, as in SmallRye Config. */
  private static String setting(String name) {
    String property = System.getProperty(name);
    return property != null ? property : System.getenv(ConfigCheck.variable(name));
  }
}
