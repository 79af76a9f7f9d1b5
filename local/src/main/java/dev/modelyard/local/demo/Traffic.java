package dev.modelyard.local.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few clients that ask one image a request, again and again, each over a connection that it
 * keeps. Every answer is kept, to be judged when both revisions' answers are known.
 */
final class Traffic implements AutoCloseable {
  /** One answered request. */
  record Answered(int image, Answer answer) {}

  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sent = new AtomicInteger();
  private volatile boolean stopped;

  private final long pauseMillis;

  private Traffic(long pauseMillis) {
    this.pauseMillis = pauseMillis;
  }

  /**
   * @param pauseMillis between an answer and the client's next request
   */
  static Traffic start(
      String server, String model, Holdout holdout, int clients, long pauseMillis) {
    var traffic = new Traffic(pauseMillis);
    for (int i = 0; i < clients; i++) {
      var client = new OipClient(server, model);
      var random = new Random(i);
      var thread = new Thread(() -> traffic.ask(client, holdout, random), "client-" + i);
      thread.setDaemon(true);
      traffic.threads.add(thread);
      thread.start();
    }
    return traffic;
  }

  private void ask(OipClient client, Holdout holdout, Random random) {
    try {
      while (!stopped) {
        int image = random.nextInt(holdout.size());
        sent.incrementAndGet();
        try {
          var answers = client.json(holdout.pixels().get(image));
          answered.add(new Answered(image, answers.get(0)));
        } catch (IOException e) {
          failures.add(e.toString());
        }
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
      }
    } catch (InterruptedException e) {
      failures.add("a client was interrupted");
      Thread.currentThread().interrupt();
    }
  }

  int sent() {
    return sent.get();
  }

  /** Requests that got no answer, each with its cause. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  List<Answered> answered() {
    return List.copyOf(answered);
  }

  /** Lets every client finish its request. */
  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(35));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
