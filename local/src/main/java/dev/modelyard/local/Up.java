package dev.modelyard.local;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.local.process.StartFailure;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Leaves a laptop running and tells where its models answer. */
final class Up {
  private final Laptop laptop;
  private final Console console;
  private final Set<String> announced = new HashSet<>();

  Up(Laptop laptop, Console console) {
    this.laptop = laptop;
    this.console = console;
  }

  /**
   * Runs until the JVM is asked to end.
   *
   * @throws StartFailure when an operator or a gateway that has ended cannot be started again
   */
  void run() throws InterruptedException {
    console.plain("");
    console.plain("export KUBECONFIG='" + laptop.kubeconfig() + "'");
    console.plain(laptop.applyCommand() + " -f <your ModelDeployment>; kubectl get mdep");
    console.plain("Ctrl-C ends it.");
    console.plain("");
    while (!laptop.isClosed()) {
      laptop.keepRunning();
      laptop.models().forEach(this::announce);
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private void announce(ModelDeployment model) {
    String name = model.getMetadata().getName();
    String url =
        laptop.gatewayUrl()
            + "/"
            + model.getMetadata().getNamespace()
            + "/"
            + name
            + "/v2/models/"
            + name;
    boolean ready =
        StatusLine.condition(model.getStatus(), "Ready")
            .filter(condition -> "True".equals(condition.getStatus()))
            .isPresent();
    String key = StatusLine.name(model);
    if (!ready) {
      announced.remove(key);
    } else if (announced.add(key)) {
      console.line(key + " answers at " + url);
    }
  }
}
