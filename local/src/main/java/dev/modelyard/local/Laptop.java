package dev.modelyard.local;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.local.apiserver.ApiServer;
import dev.modelyard.local.apiserver.ApiServers;
import dev.modelyard.local.home.Home;
import dev.modelyard.local.node.Images;
import dev.modelyard.local.node.Node;
import dev.modelyard.local.process.StartFailure;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** An API server, the operator, the gateway and a node, running; closing it ends all of them. */
public final class Laptop implements AutoCloseable {
  static final String CPU_IMAGE = "modelyard/runtime-cpu:laptop";
  static final String GPU_IMAGE = "modelyard/runtime-cuda:laptop";
  private static final String CRD = "crds/modeldeployments.modelyard.dev-v1.yml";
  private static final String RUNTIME = "runtime/target/quarkus-app/quarkus-run.jar";
  private static final int CRD_SECONDS = 30;

  private final Path root;
  private final Console console;
  private final Home home;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private ApiServer server;
  private KubernetesClient client;
  private Node node;
  private OperatorProcess operator;
  private GatewayProcess gateway;
  private Path kubeconfig;
  private boolean hasOpenApi;
  private SharedIndexInformer<ModelDeployment> models;

  private Laptop(Path root, Console console, Home home) {
    this.root = root;
    this.console = console;
    this.home = home;
  }

  /** A laptop that is not started yet, so that a shutdown hook can end one that is starting. */
  static Laptop of(Path root, Console console, Home home) {
    return new Laptop(root, console, home);
  }

  /**
   * @throws StartFailure when a part does not start
   */
  void start(ApiServers.Kind kind) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    artifact(OperatorProcess.JAR);
    artifact(GatewayProcess.JAR);
    Path runtimeJar = artifact(RUNTIME);
    server = add(ApiServers.start(kind, home, console::line));
    kubeconfig = server.kubeconfig();
    hasOpenApi = server.hasOpenApi();
    console.line("API server: " + server.description());
    client = add(connect(kubeconfig));
    applyDefinition();
    node = add(Node.start(client, images(java, runtimeJar), home.folder()));
    console.line(
        "node: a stand-in that runs each pod as a process of this machine; no isolation, no limits,"
            + " no GPU");
    printChanges();
    gateway =
        new GatewayProcess(root, java, server.kubeconfig(ApiServer.GATEWAY_USER), home.logs());
    GatewayService.create(client, gateway.managementPort());
    if (server.hasRights()) {
      new ChartRights(client, root).grant();
    }
    operator =
        new OperatorProcess(root, java, server.kubeconfig(ApiServer.OPERATOR_USER), home.logs())
            .withRuntimeImages(CPU_IMAGE, GPU_IMAGE)
            .with(gateway);
    add(gateway).start();
    add(operator).start();
    operator.awaitReady();
    console.line("operator: ready");
    gateway.awaitReady();
    console.line("gateway: ready at " + gateway.url());
  }

  /**
   * Starts the operator and the gateway again where they have ended, as a cluster would. The API
   * server is not started again: what it knew went with it.
   *
   * @throws StartFailure when one does not start, or the API server or its etcd has ended
   */
  void keepRunning() {
    if (closed.get()) {
      return;
    }
    server
        .ended()
        .ifPresent(
            what -> {
              throw new StartFailure(what);
            });
    for (ServerProcess part : List.of(operator, gateway)) {
      if (!part.isAlive() && !closed.get()) {
        console.line(part.name() + ": has ended with " + part.exitCode() + "; starting it again");
        part.start();
        part.awaitReady();
        console.line(part.name() + ": ready");
      }
    }
  }

  private synchronized <T extends AutoCloseable> T add(T part) {
    if (closed.get()) {
      closeQuietly(part);
      throw new StartFailure("stopped while starting");
    }
    parts.push(part);
    return part;
  }

  private Path artifact(String name) {
    Path jar = root.resolve(name);
    if (!Files.isRegularFile(jar)) {
      throw new StartFailure(jar + " is missing: build it with mvn -DskipTests package");
    }
    return jar;
  }

  private static Images images(String java, Path runtimeJar) {
    var runtime =
        List.of(
            java,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + Images.TEMPORARY,
            "-jar",
            runtimeJar.toString());
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put(CPU_IMAGE, runtime);
    commands.put(GPU_IMAGE, runtime);
    return new Images(commands);
  }

  private static KubernetesClient connect(Path kubeconfig) {
    try {
      return new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
          .build();
    } catch (IOException e) {
      throw new StartFailure("cannot read " + kubeconfig, e);
    }
  }

  private void applyDefinition() {
    try (var in = Files.newInputStream(root.resolve(CRD))) {
      CustomResourceDefinition definition =
          client.apiextensions().v1().customResourceDefinitions().load(in).item();
      var resource = client.resource(definition);
      resource.create();
      resource.waitUntilCondition(
          crd ->
              crd != null
                  && crd.getStatus() != null
                  // The API server writes a status before it writes conditions.
                  && crd.getStatus().getConditions() != null
                  && crd.getStatus().getConditions().stream()
                      .anyMatch(
                          c -> "Established".equals(c.getType()) && "True".equals(c.getStatus())),
          CRD_SECONDS,
          TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new StartFailure("cannot read " + CRD + ": " + e, e);
    } catch (KubernetesClientTimeoutException e) {
      throw new StartFailure("the CRD is not established after " + CRD_SECONDS + " s", e);
    } catch (KubernetesClientException e) {
      throw new StartFailure("the API server refuses the CRD: " + e.getMessage(), e);
    }
  }

  private void printChanges() {
    Map<String, String> printed = new LinkedHashMap<>();
    SharedIndexInformer<ModelDeployment> informer =
        client
            .resources(ModelDeployment.class)
            .inAnyNamespace()
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(ModelDeployment now) {
                    print(now);
                  }

                  @Override
                  public void onUpdate(ModelDeployment before, ModelDeployment now) {
                    print(now);
                  }

                  @Override
                  public void onDelete(ModelDeployment last, boolean unknownState) {
                    printed.remove(last.getMetadata().getUid());
                    console.line(StatusLine.name(last) + " deleted");
                  }

                  private void print(ModelDeployment now) {
                    String line = StatusLine.of(now);
                    if (!line.equals(printed.put(now.getMetadata().getUid(), line))) {
                      console.line(line);
                    }
                  }
                });
    add(informer::stop);
    models = informer;
  }

  /** The ModelDeployments as last seen. */
  List<ModelDeployment> models() {
    return models.getStore().list();
  }

  boolean isClosed() {
    return closed.get();
  }

  public KubernetesClient client() {
    return client;
  }

  public Node node() {
    return node;
  }

  public Path root() {
    return root;
  }

  public Path kubeconfig() {
    return kubeconfig;
  }

  public Path logs() {
    return home.folder();
  }

  /** What kubectl needs to be told to apply here. */
  String applyCommand() {
    return hasOpenApi ? "kubectl apply" : "kubectl apply --validate=false";
  }

  /** Where the gateway answers, such as {@code http://127.0.0.1:40123}. */
  public String gatewayUrl() {
    return gateway.url();
  }

  /** Where the gateway tells what it holds. */
  public String gatewayStatusUrl() {
    return "http://127.0.0.1:" + gateway.managementPort() + "/status";
  }

  /** What has ended by itself, in words: the API server, its etcd, the operator or the gateway. */
  public Optional<String> ended() {
    Optional<String> ofServer = server.ended();
    if (ofServer.isPresent()) {
      return ofServer;
    }
    return Stream.of(operator, gateway)
        .filter(part -> !part.isAlive())
        .map(part -> "the " + part.name() + " has ended with " + part.exitCode())
        .findFirst();
  }

  /** Ends what was started, the last first. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    while (true) {
      AutoCloseable part;
      synchronized (this) {
        part = parts.poll();
      }
      if (part == null) {
        break;
      }
      closeQuietly(part);
    }
    home.close();
  }

  private void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      console.line("while stopping: " + e);
    }
  }
}
