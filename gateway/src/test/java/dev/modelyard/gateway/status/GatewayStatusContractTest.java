package dev.modelyard.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.gateway.dispatch.Models.Held;
import dev.modelyard.gateway.routing.ModelKey;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The operator reads the same file. */
class GatewayStatusContractTest {

  @Test
  void theStatusIsTheContracts() throws Exception {
    JsonObject contract =
        new JsonObject(Files.readString(Path.of("../docs/contract/gateway-status.json")));

    List<Held> held =
        contract.getJsonArray("models").stream()
            .map(JsonObject.class::cast)
            .map(
                model ->
                    new Held(
                        new ModelKey(model.getString("namespace"), model.getString("name")),
                        model.getInteger("held")))
            .toList();

    assertThat(held).isNotEmpty();
    assertThat(StatusDocument.of(held)).isEqualTo(contract);
  }
}
