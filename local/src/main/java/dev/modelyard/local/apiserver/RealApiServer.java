package dev.modelyard.local.apiserver;

import dev.modelyard.local.home.Home;
import dev.modelyard.local.process.Ports;
import dev.modelyard.local.process.StartFailure;
import dev.modelyard.local.process.Supervised;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** kube-apiserver and etcd as child processes, with nothing kept on disk after the run. */
final class RealApiServer implements ApiServer {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final List<String> USERS = List.of(OPERATOR_USER, GATEWAY_USER);

  private final Home home;
  private final Supervised etcd;
  private final Supervised apiServer;
  private final String version;

  private RealApiServer(Home home, Supervised etcd, Supervised apiServer, String version) {
    this.home = home;
    this.etcd = etcd;
    this.apiServer = apiServer;
    this.version = version;
  }

  /**
   * @throws StartFailure when a process ends or is not ready in time
   */
  static RealApiServer start(Home home, KubernetesBinaries binaries) {
    Path folder = home.folder().resolve("apiserver");
    try {
      Files.createDirectories(folder.resolve("certificates"));
      String token = newToken();
      Map<String, String> tokens = new LinkedHashMap<>();
      USERS.forEach(user -> tokens.put(user, newToken()));
      var lines = new StringBuilder(token + ",admin,admin,system:masters\n");
      tokens.forEach((user, own) -> lines.append(own + "," + user + "," + user + "\n"));
      Files.writeString(folder.resolve("tokens.csv"), lines);
      Files.writeString(folder.resolve("service-account.pem"), newKey());
      int etcdPort = Ports.free();
      int peerPort = Ports.free();
      int port = Ports.free();
      Supervised etcd = startEtcd(home, binaries, folder, etcdPort, peerPort);
      Supervised server = startServer(home, binaries, folder, etcdPort, port);
      var started = new RealApiServer(home, etcd, server, binaries.version());
      try {
        started.awaitReady(folder, port, token);
        byte[] certificate = Files.readAllBytes(certificate(folder));
        tokens.forEach(
            (user, own) -> Kubeconfig.write(kubeconfig(home, user), url(port), certificate, own));
      } catch (RuntimeException e) {
        started.close();
        throw e;
      }
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Supervised startEtcd(
      Home home, KubernetesBinaries binaries, Path folder, int port, int peerPort) {
    String url = "http://127.0.0.1:" + port;
    String peerUrl = "http://127.0.0.1:" + peerPort;
    return Supervised.start(
        List.of(
            binaries.etcd().toString(),
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + url,
            "--advertise-client-urls=" + url,
            "--listen-peer-urls=" + peerUrl,
            "--initial-advertise-peer-urls=" + peerUrl,
            "--initial-cluster=default=" + peerUrl,
            // Nothing needs to survive the run.
            "--unsafe-no-fsync"),
        Map.of(),
        folder,
        home.logs().resolve("etcd.log"));
  }

  private static Supervised startServer(
      Home home, KubernetesBinaries binaries, Path folder, int etcdPort, int port) {
    return Supervised.start(
        List.of(
            binaries.kubeApiServer().toString(),
            "--etcd-servers=http://127.0.0.1:" + etcdPort,
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--secure-port=" + port,
            "--cert-dir=" + folder.resolve("certificates"),
            "--token-auth-file=" + folder.resolve("tokens.csv"),
            "--service-account-issuer=https://modelyard.local",
            "--service-account-key-file=" + folder.resolve("service-account.pem"),
            "--service-account-signing-key-file=" + folder.resolve("service-account.pem"),
            "--service-cluster-ip-range=10.77.0.0/16",
            "--authorization-mode=RBAC",
            // No controller makes the default ServiceAccount that this plug-in asks for.
            "--disable-admission-plugins=ServiceAccount"),
        Map.of(),
        folder,
        home.logs().resolve("kube-apiserver.log"));
  }

  private static String url(int port) {
    return "https://127.0.0.1:" + port;
  }

  private static Path certificate(Path folder) {
    return folder.resolve("certificates").resolve("apiserver.crt");
  }

  private void awaitReady(Path folder, int port, String token) throws IOException {
    Path certificate = certificate(folder);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    String last = "no certificate yet";
    while (System.nanoTime() < deadline) {
      ended()
          .ifPresent(
              what -> {
                throw new StartFailure(what);
              });
      if (Files.exists(certificate) && Files.size(certificate) > 0) {
        Kubeconfig.write(home.kubeconfig(), url(port), Files.readAllBytes(certificate), token);
        last = probe();
        if (last == null) {
          return;
        }
      }
      apiServer.waitFor(Duration.ofMillis(200));
    }
    throw new StartFailure(
        "kube-apiserver is not ready after "
            + START_LIMIT.toSeconds()
            + " s ("
            + last
            + "): see "
            + home.logs());
  }

  /** Null when it is ready, else what it said. */
  private String probe() throws IOException {
    Config config = Config.fromKubeconfig(Files.readString(home.kubeconfig()));
    config.setRequestTimeout(2000);
    config.setRequestRetryBackoffLimit(0);
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      String answer = client.raw("/readyz");
      return "ok".equals(answer) && client.namespaces().withName("default").get() != null
          ? null
          : "readyz: " + answer;
    } catch (KubernetesClientException e) {
      return e.getMessage();
    }
  }

  private static String newToken() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String newKey() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
      return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  @Override
  public Optional<String> ended() {
    // etcd first: without it the API server ends too.
    Map<String, Supervised> processes = new LinkedHashMap<>();
    processes.put("etcd", etcd);
    processes.put("kube-apiserver", apiServer);
    return processes.entrySet().stream()
        .filter(process -> !process.getValue().isAlive())
        .map(
            process ->
                LogTail.ending(
                    process.getKey(),
                    process.getValue().exitCode(),
                    home.logs().resolve(process.getKey() + ".log")))
        .findFirst();
  }

  @Override
  public Path kubeconfig() {
    return home.kubeconfig();
  }

  @Override
  public boolean hasRights() {
    return true;
  }

  @Override
  public Path kubeconfig(String user) {
    return kubeconfig(home, user);
  }

  private static Path kubeconfig(Home home, String user) {
    return home.folder().resolve("apiserver").resolve(user + ".kubeconfig");
  }

  @Override
  public boolean hasOpenApi() {
    return true;
  }

  @Override
  public String description() {
    return "kube-apiserver "
        + version
        + " and etcd: validation, CEL and RBAC are the real ones; operator and gateway have the"
        + " rights that the chart gives them";
  }

  @Override
  public void close() {
    // Stateless but for etcd, and etcd's folder goes with the run: no reason to wait for either.
    apiServer.kill();
    etcd.kill();
    apiServer.waitFor(Duration.ofSeconds(5));
    etcd.waitFor(Duration.ofSeconds(5));
  }
}
