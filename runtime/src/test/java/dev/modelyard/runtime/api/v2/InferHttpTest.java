package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests to infer over HTTP, on a model with two inputs and two outputs. */
class InferHttpTest {
  private static TestServer server;

  @BeforeAll
  static void serve() {
    server = TestServer.serving("two");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void answersInTheModelsOrder() throws Exception {
    var response =
        server.infer(
            """
            {"id": "7",
             "inputs": [
              {"name": "b", "shape": [1, 2], "datatype": "FP32", "data": [1, 0.5]},
              {"name": "a", "shape": [1, 2], "datatype": "FP32", "data": [[2, 4]]}]}
            """);
    assertThat(response.body())
        .isEqualTo(
            "{\"model_name\":\"digits\",\"model_version\":\"abc\",\"id\":\"7\",\"outputs\":["
                + "{\"name\":\"sum\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[3.0,4.5]},"
                + "{\"name\":\"difference\",\"datatype\":\"FP32\",\"shape\":[1,2],"
                + "\"data\":[1.0,3.5]}]}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
  }
}
