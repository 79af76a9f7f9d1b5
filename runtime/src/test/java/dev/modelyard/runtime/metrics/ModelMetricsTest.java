package dev.modelyard.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.model.LifecycleRig;
import dev.modelyard.runtime.model.source.FileServer;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMetricsTest {
  @Test
  void namesAreThoseThatDashboardsRead(@TempDir Path folder) throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ModelMetrics metrics = new ModelMetrics(registry);
    try (FileServer server = new FileServer();
        LifecycleRig rig = new LifecycleRig(folder).telling(metrics)) {
      server.on("/model.onnx", FileServer.file(new byte[1000], "\"a\""));
      rig.start(server.uri("/model.onnx").toString()).awaitReady();
      metrics.register(new StartupEvent(), rig.lifecycle());

      // This format has a comma after the last label; the one that Prometheus asks for has none.
      String text = registry.scrape().replace(",}", "}");

      assertThat(text)
          .contains("modelyard_model_state{state=\"ready\"} 1.0\n")
          .contains("modelyard_model_state{state=\"warming_up\"} 0.0\n")
          .contains("modelyard_model_download_bytes_total 1000.0\n")
          .contains("modelyard_model_load_seconds{phase=\"download\"}")
          .contains("modelyard_model_load_seconds{phase=\"load\"}")
          .contains("modelyard_model_load_seconds{phase=\"warm_up\"}");
    }
  }
}
