package dev.modelyard.gateway.proxy;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway's traffic: as many event loops as are wanted, on one port. */
public final class GatewayServer {
  /** Requests that wait look so often whether their time is over, and pods are back. */
  private static final long TICK_MILLIS = 100;

  private final Vertx vertx;
  private final Traffic traffic;
  private final AtomicInteger port = new AtomicInteger();
  private volatile String deployment;
  private volatile long timer = -1;

  public GatewayServer(Vertx vertx, Traffic traffic) {
    this.vertx = vertx;
    this.traffic = traffic;
  }

  /** Listens. */
  public Future<Void> start() {
    timer = vertx.setPeriodic(TICK_MILLIS, tick -> traffic.models().tick());
    return vertx
        .deployVerticle(
            () -> new Loop(traffic, port::set),
            new DeploymentOptions().setInstances(traffic.settings().listen().eventLoops()))
        .onSuccess(id -> deployment = id)
        .mapEmpty();
  }

  /** The port that it listens on. */
  public int port() {
    return port.get();
  }

  /** Ends at once what is still under way. */
  public Future<Void> stop() {
    vertx.cancelTimer(timer);
    return deployment == null ? Future.succeededFuture() : vertx.undeploy(deployment);
  }
}
