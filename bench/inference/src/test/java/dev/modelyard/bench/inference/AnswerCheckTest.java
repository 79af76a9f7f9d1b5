package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerCheckTest {
  @Test
  void readsJson() throws Exception {
    byte[] body =
        """
        {"outputs":[
          {"name":"probabilities","datatype":"FP32","shape":[1,10],
           "data":[0,0,0,0.25,0,0,0,0,0.75,0]},
          {"name":"label","datatype":"INT64","shape":[1],"data":[8]}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    AnswerCheck.Answer answer = AnswerCheck.parse(body, -1);
    assertThat(answer.label()).isEqualTo(8);
    assertThat(answer.probabilities()).containsExactly(0, 0, 0, 0.25f, 0, 0, 0, 0, 0.75f, 0);
  }

  @Test
  void readsBinaryTensorsInTheirOrder() throws Exception {
    byte[] json =
        """
        {"outputs":[
          {"name":"probabilities","parameters":{"binary_data_size":40}},
          {"name":"label","parameters":{"binary_data_size":8}}]}"""
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(json.length + 48).order(ByteOrder.LITTLE_ENDIAN).put(json);
    for (int i = 0; i < 10; i++) {
      body.putFloat(i == 3 ? 1 : 0);
    }
    body.putLong(3);
    AnswerCheck.Answer answer = AnswerCheck.parse(body.array(), json.length);
    assertThat(answer.label()).isEqualTo(3);
    assertThat(answer.probabilities()[3]).isEqualTo(1);
  }

  @Test
  void anAnswerWithoutTheLabelIsAFailure() {
    byte[] body = "{\"outputs\":[]}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> AnswerCheck.parse(body, -1)).isInstanceOf(IllegalStateException.class);
  }
}
