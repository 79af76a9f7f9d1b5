package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.inference.BatchingInferenceService;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the protocol on the inference port. */
@ApplicationScoped
public class InferenceProtocolRoutes {
  /** Before Quarkus' own body limit, whose 413 has no body. */
  private static final int ORDER = -1000;

  private final InferenceProtocol protocol;

  @Inject
  public InferenceProtocolRoutes(
      Vertx vertx,
      BatchingInferenceService service,
      RuntimeConfig config,
      MeterRegistry registry,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBody,
      @ConfigProperty(name = "quarkus.application.version") String serverVersion) {
    protocol =
        new InferenceProtocol(
            vertx,
            service,
            new ModelIdentity(config.model().name(), config.model().revision()),
            new HttpLimits(
                maxBody.asLongValue(),
                Runtime.getRuntime().maxMemory() / 4,
                config.serving().requestTimeout()),
            serverVersion,
            registry);
  }

  void register(@Observes Router router) {
    router.route().order(ORDER).handler(protocol::handle);
  }
}
