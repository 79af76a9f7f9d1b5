package dev.modelyard.local;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.local.process.StartFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Leaves a laptop running and tells where its models answer. */
final class Up {
  private final Laptop laptop;
  private final Console console;
  private final Map<String, String> urls = new HashMap<>();

  Up(Laptop laptop, Console console) {
    this.laptop = laptop;
    this.console = console;
  }

  /**
   * Runs until the JVM is asked to end.
   *
   * @throws StartFailure when an operator that has ended cannot be started again
   */
  void run() throws InterruptedException {
    console.plain("");
    console.plain("export KUBECONFIG='" + laptop.kubeconfig() + "'");
    console.plain(laptop.applyCommand() + " -f <your ModelDeployment>; kubectl get mdep");
    console.plain("Ctrl-C ends it.");
    console.plain("");
    while (!laptop.isClosed()) {
      laptop.keepOperatorRunning();
      laptop.models().forEach(this::announce);
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private void announce(ModelDeployment model) {
    String name = model.getMetadata().getName();
    String url =
        laptop
            .node()
            .port(model.getMetadata().getNamespace(), name)
            .map(port -> "http://127.0.0.1:" + port + "/v2/models/" + name)
            .orElse(null);
    boolean ready =
        StatusLine.condition(model.getStatus(), "Ready")
            .filter(condition -> "True".equals(condition.getStatus()))
            .isPresent();
    String key = StatusLine.name(model);
    if (ready && url != null && !url.equals(urls.put(key, url))) {
      console.line(key + " answers at " + url);
    } else if (!ready) {
      urls.remove(key);
    }
  }
}
