package dev.modelyard.local;

import dev.modelyard.local.demo.Demo;
import dev.modelyard.local.home.Home;
import dev.modelyard.local.process.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.logging.FileHandler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Entry point of {@code ./modelyard}. */
public final class Main {
  private static final int USAGE_ERROR = 2;

  private Main() {}

  public static void main(String[] words) {
    if (List.of(words).contains("help") || List.of(words).contains("--help")) {
      System.out.println(Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(List.of(words));
    } catch (StartFailure e) {
      System.err.println(e.getMessage());
      System.exit(USAGE_ERROR);
      return;
    }
    System.exit(run(options));
  }

  private static int run(Options options) {
    var console = new Console(System.out);
    Laptop laptop = null;
    Path logs = options.home().toAbsolutePath();
    try {
      Home home = Home.open(options.home());
      logToFile(home.logs().resolve("local.log"));
      laptop = Laptop.of(options.root(), console, home);
      // Also reached by Ctrl-C and SIGTERM, at any point of what follows.
      Runtime.getRuntime().addShutdownHook(new Thread(laptop::close, "shutdown"));
      console.line("logs, pods and kubeconfig are in " + home.folder());
      laptop.start(options.apiServer());
      switch (options.command()) {
        case demo -> demo(laptop, console);
        case up -> new Up(laptop, console).run();
      }
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (RuntimeException e) {
      if (laptop != null && laptop.isClosed()) {
        return 1; // Ctrl-C: what was under way was bound to fail.
      }
      console.line("FAILED: " + (e instanceof StartFailure ? e.getMessage() : e));
      console.line("logs are in " + logs);
      if (!(e instanceof StartFailure)) {
        Logger.getLogger(Main.class.getName()).log(java.util.logging.Level.SEVERE, "failed", e);
      }
      return 1;
    }
  }

  private static void demo(Laptop laptop, Console console) throws InterruptedException {
    Demo.Result result = new Demo(laptop, console).run();
    laptop.close();
    long left = ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count();
    if (left > 0) {
      throw new StartFailure(left + " processes are left");
    }
    console.line("no process is left");
    console.plain(
        String.format(
            Locale.ROOT, "DEMO OK %s seconds=%d", result.figures(), console.elapsed().toSeconds()));
  }

  private static void logToFile(Path file) {
    try {
      Logger root = Logger.getLogger("");
      for (var handler : root.getHandlers()) {
        root.removeHandler(handler);
      }
      var handler = new FileHandler(file.toString(), true);
      handler.setFormatter(new SimpleFormatter());
      root.addHandler(handler);
    } catch (IOException e) {
      throw new StartFailure("cannot write " + file + ": " + e, e);
    }
  }
}
