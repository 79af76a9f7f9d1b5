package dev.modelyard.operator.config;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands bytes on to a port of this machine, until it drops them without closing anything. */
final class ForgetfulNetwork implements Closeable {
  private static final class Path {
    volatile boolean forgotten;
  }

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Path> paths = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  ForgetfulNetwork(int target) throws IOException {
    daemon(
        () -> {
          while (true) {
            Socket client = listener.accept();
            accepted.incrementAndGet();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.addAll(List.of(client, server));
            Path path = new Path();
            paths.add(path);
            daemon(
                () -> {
                  handOn(client, server, path);
                  closed.incrementAndGet();
                });
            daemon(() -> handOn(server, client, path));
          }
        });
  }

  int port() {
    return listener.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  /** Connections that the client has closed in good order. */
  int closed() {
    return closed.get();
  }

  /** Of the connections that there are now nothing arrives any more; new ones are like others. */
  void forget() {
    paths.forEach(path -> path.forgotten = true);
  }

  private static void handOn(Socket from, Socket to, Path path) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[8192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      if (!path.forgotten) {
        out.write(buffer, 0, read);
        out.flush();
      }
    }
    if (!path.forgotten) {
      to.close();
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One end is closed.
              }
            },
            "forgetful-network");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
