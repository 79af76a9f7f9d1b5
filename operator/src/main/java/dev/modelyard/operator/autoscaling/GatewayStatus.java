package dev.modelyard.operator.autoscaling;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Objects;

/**
 * What a gateway says of itself on {@code GET :9000/status}; see docs/contract.
 *
 * @param models those for which requests are held now
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record GatewayStatus(List<Model> models) {
  GatewayStatus {
    models = List.copyOf(Objects.requireNonNull(models, "models"));
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Model(String namespace, String name, int held) {}
}
