package dev.modelyard.bench.gateway;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts the proxies as processes of their own. */
final class Proxies {
  private static final String PATH = "/default/digits/v2/models/digits/infer";

  private Proxies() {}

  /** The packaged gateway with its default settings. */
  static Way gateway(Path repository, Path work, Path kubeconfig) throws IOException {
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            repository.resolve("gateway/target/quarkus-app/quarkus-run.jar").toString());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("MODELYARD_"));
    environment.put("KUBECONFIG", kubeconfig.toString());
    environment.put("MODELYARD_GATEWAY_HOST", "127.0.0.1");
    environment.put("MODELYARD_GATEWAY_PORT", Integer.toString(port));
    environment.put("MODELYARD_GATEWAY_SHUTDOWN_DELAY", "0s");
    environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(freePort()));
    return way(Way.Kind.GATEWAY, port, builder, work.resolve("gateway.log"));
  }

  /** nginx with a worker a core, kept connections to the pod, and the same forwarding headers. */
  static Way nginx(Path work, URI pod) throws IOException {
    int port = freePort();
    Path folder = Files.createDirectories(work.resolve("nginx"));
    Path config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        worker_processes %d;
        pid %s/nginx.pid;
        error_log %s/error.log;
        events { worker_connections 8192; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          client_body_buffer_size 64k;
          client_body_temp_path %s/body;
          proxy_temp_path %s/proxy;
          fastcgi_temp_path %s/fastcgi;
          uwsgi_temp_path %s/uwsgi;
          scgi_temp_path %s/scgi;
          upstream pod { server %s; keepalive 1024; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:%d;
            location /default/digits/ {
              proxy_pass http://pod/;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_set_header X-Forwarded-Proto http;
              proxy_set_header X-Forwarded-Host $http_host;
              proxy_set_header X-Forwarded-Prefix /default/digits;
            }
          }
        }
        """
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                folder,
                folder,
                folder,
                folder,
                folder,
                folder,
                folder,
                pod.getAuthority(),
                port));
    return way(
        Way.Kind.NGINX,
        port,
        new ProcessBuilder(List.of("nginx", "-c", config.toString())),
        work.resolve("nginx.log"));
  }

  private static Way way(Way.Kind kind, int port, ProcessBuilder builder, Path log)
      throws IOException {
    return new Way(
        kind,
        URI.create("http://127.0.0.1:" + port + PATH),
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
