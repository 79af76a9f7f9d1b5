package dev.modelyard.runtime.model;

import dev.modelyard.runtime.config.Environment;
import dev.modelyard.runtime.inference.InferenceService;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.ModelEngine;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A lifecycle with everything around it made by hand: what is tested here is the order of things.
 */
public final class LifecycleRig implements AutoCloseable {
  final Path folder;
  final Map<String, String> environment = new HashMap<>();
  final List<String> events = new CopyOnWriteArrayList<>();
  final BlockingQueue<Integer> exits = new ArrayBlockingQueue<>(10);
  final CompletableFuture<Path> given = new CompletableFuture<>();
  final CountDownLatch ready = new CountDownLatch(1);
  final Vertx vertx = Vertx.vertx();
  ModelEngine engine = model -> model();
  Runnable warmUp = () -> {};
  boolean drains = true;
  private final List<LifecycleListener> listeners = new CopyOnWriteArrayList<>();
  ModelLifecycle lifecycle;

  public LifecycleRig(Path folder) {
    this.folder = folder;
    listeners.add((phase, took) -> events.add("timed " + phase));
    environment.put("MODELYARD_MODEL_NAME", "digits");
    environment.put("MODELYARD_MODEL_REVISION", "r1");
    environment.put("MODELYARD_MODEL_CACHE", folder.resolve("cache").toString());
    environment.put("MODELYARD_TERMINATION_LOG", terminationLog().toString());
    environment.put("MODELYARD_SOURCE_ALLOWED_ADDRESSES", "127.0.0.0/8");
    environment.put("MODELYARD_SHUTDOWN_DELAY", "PT0S");
  }

  Path terminationLog() {
    return folder.resolve("termination-log");
  }

  public LifecycleRig start(String uri) {
    environment.put("MODELYARD_MODEL_URI", uri);
    lifecycle =
        new ModelLifecycle(
            Environment.config(environment),
            () -> this::load,
            this::service,
            vertx,
            List.copyOf(listeners),
            exits::add);
    lifecycle.start();
    return this;
  }

  public ModelLifecycle lifecycle() {
    return lifecycle;
  }

  /** To be called before the start. */
  public LifecycleRig telling(LifecycleListener listener) {
    listeners.add(listener);
    return this;
  }

  private LoadedModel load(Path model) {
    events.add("load");
    given.complete(model);
    return engine.load(model);
  }

  /** Waits until it is known whether the model serves. */
  public LifecycleRig awaitReady() throws InterruptedException {
    if (!ready.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("never ready: " + lifecycle.status());
    }
    while (!lifecycle.ready()) {
      Thread.onSpinWait();
    }
    return this;
  }

  public int awaitExit() throws InterruptedException {
    Integer code = exits.poll(20, TimeUnit.SECONDS);
    if (code == null) {
      throw new AssertionError("never ended: " + lifecycle.status());
    }
    return code;
  }

  public void shutDown() {
    shutdown().run();
  }

  Shutdown shutdown() {
    return new Shutdown(
        lifecycle, Environment.config(environment).shutdown(), code -> exits.add(code));
  }

  @Override
  public void close() {
    vertx.close();
  }

  private LoadedModel model() {
    return answering(
        LoadedModel.class,
        Map.of(
            "engine", arguments -> "OnnxRuntime",
            "device", arguments -> "cpu",
            "close", this::closeModel));
  }

  private Object closeModel(Object[] arguments) {
    events.add("close");
    return null;
  }

  private InferenceService service() {
    return answering(
        InferenceService.class,
        Map.of("start", this::startServing, "closing", this::closing, "drain", this::drain));
  }

  private Object startServing(Object[] arguments) {
    events.add("warm up");
    warmUp.run();
    ready.countDown();
    return null;
  }

  private Object closing(Object[] arguments) {
    events.add("closing");
    return null;
  }

  private Object drain(Object[] arguments) {
    events.add("drain in " + lifecycle.status().state() + " within " + arguments[0]);
    return drains;
  }

  /** Answers what the lifecycle may ask, and nothing else. */
  public static <T> T answering(Class<T> type, Map<String, Function<Object[], Object>> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Function<Object[], Object> answer = answers.get(method.getName());
              if (answer == null) {
                throw new AssertionError("the lifecycle called " + method);
              }
              return answer.apply(arguments);
            }));
  }
}
