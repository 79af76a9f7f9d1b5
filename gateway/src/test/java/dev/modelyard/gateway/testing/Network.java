package dev.modelyard.gateway.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands bytes on to a port of this machine, until it is told to forget connections or to cut. */
public final class Network implements Closeable {
  private static final class Path {
    volatile boolean forgotten;
  }

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Path> paths = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean cut;

  public Network(int target) {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(
        () -> {
          while (true) {
            Socket client = listener.accept();
            if (cut) {
              client.close();
              continue;
            }
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            accepted.incrementAndGet();
            sockets.addAll(List.of(client, server));
            Path path = new Path();
            paths.add(path);
            daemon(() -> handOn(client, server, path));
            daemon(() -> handOn(server, client, path));
          }
        });
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Connections that were handed on. */
  public int accepted() {
    return accepted.get();
  }

  /** Of the connections that there are now nothing arrives any more; new ones are like others. */
  public void forget() {
    paths.forEach(path -> path.forgotten = true);
  }

  /** Ends all connections, and takes none until it is told to {@link #mend}. */
  public void cut() {
    cut = true;
    sockets.forEach(Network::end);
  }

  public void mend() {
    cut = false;
  }

  private static void handOn(Socket from, Socket to, Path path) throws IOException {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!path.forgotten) {
          out.write(buffer, 0, read);
          out.flush();
        }
      }
    } finally {
      if (!path.forgotten) {
        to.close();
      }
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
            "network");
    thread.setDaemon(true);
    thread.start();
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(Network::end);
  }
}
