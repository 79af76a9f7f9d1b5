package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.keys.ApiKeys;
import dev.modelyard.gateway.metrics.GatewayMetrics;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What all event loops share. */
public final class Traffic {
  private final GatewaySettings settings;
  private final Models models;
  private final Supplier<ApiKeys> keys;
  private final GatewayMetrics metrics;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean closing;

  /**
   * @param keys gives null where anyone may ask
   */
  public Traffic(
      GatewaySettings settings, Models models, Supplier<ApiKeys> keys, GatewayMetrics metrics) {
    this.settings = settings;
    this.models = models;
    this.keys = keys;
    this.metrics = metrics;
    metrics.watch(requests::get, connections::get);
  }

  GatewaySettings settings() {
    return settings;
  }

  Models models() {
    return models;
  }

  ApiKeys keys() {
    return keys.get();
  }

  GatewayMetrics metrics() {
    return metrics;
  }

  AtomicInteger requests() {
    return requests;
  }

  AtomicInteger connections() {
    return connections;
  }

  /** Requests under way, held ones too. */
  public int underWay() {
    return requests.get();
  }

  /** From now on every answer asks the client to take another connection. */
  public void close() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }
}
