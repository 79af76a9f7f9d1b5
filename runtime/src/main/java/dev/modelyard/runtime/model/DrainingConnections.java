package dev.modelyard.runtime.model;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Asks clients, while requests are still served after SIGTERM, to connect anew: to a pod that
 * stays. Otherwise a connection that is kept alive stays here until requests are refused.
 */
@Singleton
class DrainingConnections {
  /** Before everything that answers. */
  private static final int PRIORITY = 1_000;

  private final ModelLifecycle lifecycle;

  DrainingConnections(ModelLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  void register(@Observes Filters filters) {
    filters.register(
        context -> {
          if (lifecycle.draining()) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
          }
          context.next();
        },
        PRIORITY);
  }
}
