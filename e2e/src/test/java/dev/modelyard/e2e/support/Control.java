package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The script that does to a cluster what production does to one, where the cluster has one. */
public final class Control {
  private static final long SECONDS = 60;
  private final Path script;

  private Control(Path script) {
    this.script = script;
  }

  /** Empty on clusters that are not ours to break: what needs it is skipped there. */
  public static Optional<Control> of() {
    return Settings.clusterControl().map(Control::new);
  }

  /** Ends a program such as {@code kube-apiserver} at once. */
  public void stop(String program) {
    run("stop", program);
  }

  public void start(String program) {
    run("start", program);
  }

  public void pause(Pod pod) {
    run("pause-pod", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  public void resume(Pod pod) {
    run("resume-pod", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  /** Kills a pod's processes; the kubelet starts them again. */
  public void kill(Pod pod) {
    run("kill-pod", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  /** Keeps a pod's load from everybody; the kubelet's probes still pass. */
  public void mute(Pod pod) {
    run("mute-pod", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  public void unmute(Pod pod) {
    run("unmute-pod", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  /** Lets no packet of the pods' open connections to the API server through, and tells nobody. */
  public void cut() {
    run("cut");
  }

  /** Ends what {@link #cut} did. */
  public void mend() {
    run("mend");
  }

  /**
   * @throws IllegalStateException with the script's words where it fails
   */
  private void run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Program.Ended ended = Program.run(command, SECONDS);
    if (ended.exit() != 0) {
      throw new IllegalStateException(command + ": " + ended.output());
    }
  }
}
