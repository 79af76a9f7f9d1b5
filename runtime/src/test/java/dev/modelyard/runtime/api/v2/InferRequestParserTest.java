package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class InferRequestParserTest {
  private static final MemoryBudget MEMORY = new MemoryBudget(Long.MAX_VALUE);

  static InferRequest parse(String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return InferRequestParser.parse(body, body.length, body.length, MEMORY.share());
  }

  private static Tensor tensor(String datatype, String shape, String data) {
    return parse(
            """
            {"inputs":[{"name":"x","datatype":"%s","shape":%s,"data":%s}]}
            """
                .formatted(datatype, shape, data))
        .inputs()
        .get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOL|[true, false]|0100",
        "UINT8|[0, 255]|00ff",
        "INT8|[-128, 127]|807f",
        "UINT16|[1, 65535]|0100ffff",
        "INT16|[-32768, 32767]|0080ff7f",
        "UINT32|[1, 4294967295]|01000000ffffffff",
        "INT32|[-2147483648, 2147483647]|00000080ffffff7f",
        "UINT64|[1, 18446744073709551615]|0100000000000000ffffffffffffffff",
        "INT64|[-9223372036854775808, 9223372036854775807]|0000000000000080ffffffffffffff7f",
        "FP16|[1, -0.5]|003c00b8",
        "FP16|[65504, 6e-8]|ff7b0100",
        "BF16|[1, -0.5]|803f00bf",
        "FP32|[1, -0.5]|0000803f000000bf",
        "FP32|[1e-46, 3.4028235e38]|00000000ffff7f7f",
        "FP64|[1, 1e308]|000000000000f03fa0c8eb85f3cce17f",
      })
  void writesNumbersLittleEndian(DataType datatype, String data, String bytes) {
    Tensor tensor = tensor(datatype.name(), "[2]", data);
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < tensor.data().capacity(); i++) {
      hex.append("%02x".formatted(tensor.data().get(i)));
    }
    assertThat(hex).hasToString(bytes);
    assertThat(tensor.datatype()).isEqualTo(datatype);
    assertThat(tensor.shape()).containsExactly(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[2, 3]|[1, 2, 3, 4, 5, 6]",
        "[2, 3]|[[1, 2, 3], [4, 5, 6]]",
        "[1, 2, 3]|[[[1, 2, 3], [4, 5, 6]]]",
        "[6]|[1, 2, 3, 4, 5, 6]",
      })
  void takesNestedAndFlatData(String shape, String data) {
    Tensor tensor = tensor("UINT8", shape, data);
    for (int i = 0; i < 6; i++) {
      assertThat(tensor.data().get(i)).isEqualTo((byte) (i + 1));
    }
    assertThat(tensor.data().capacity()).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[]|[5]|1", "[0]|[]|0", "[0, 3]|[]|0", "[2, 0]|[[], []]|0"})
  void takesScalarsAndEmptyTensors(String shape, String data, int elements) {
    assertThat(tensor("UINT8", shape, data).data().capacity()).isEqualTo(elements);
  }

  @Test
  void takesStrings() {
    assertThat(tensor("BYTES", "[2]", "[\"a\\u00e9\\n\", \"\"]").strings())
        .containsExactly("aé\n", "");
  }

  @Test
  void takesDataBeforeWhatDescribesIt() {
    Tensor tensor =
        parse(
                """
                {"inputs":[{"data":[[1,2],[3,-4]],"shape":[2,2],"datatype":"INT8","name":"é"},
                 {"data":["]"],"name":"t","shape":[1],"datatype":"BYTES"}]}
                """)
            .inputs()
            .get(0);
    assertThat(tensor.name()).isEqualTo("é");
    assertThat(tensor.data().get(3)).isEqualTo((byte) -4);
  }

  @Test
  void takesAnIdOfNullForNone() {
    String inputs =
        "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}";
    assertThat(parse("{\"id\":null," + inputs).id()).isEqualTo(parse("{" + inputs).id());
  }

  @Test
  void readsOutputsAndParameters() {
    InferRequest request =
        parse(
            """
            {"id":"a","parameters":{"binary_data_output":true,"trace":{"x":[1]}},
             "outputs":[{"name":"p","parameters":{"binary_data":false,"note":1}},{"name":"q"}],
             "inputs":[{"name":"x","datatype":"BOOL","shape":[1],"data":[true],
                        "parameters":{"unknown":"kept quiet"}}]}
            """);
    assertThat(request.id()).isEqualTo("a");
    assertThat(request.binaryOutput()).isTrue();
    assertThat(request.outputs())
        .containsExactly(new InferRequest.Output("p", false), new InferRequest.Output("q", null));
  }

  static Stream<Arguments> nonsense() {
    String input = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}]}";
    return Stream.of(
        Arguments.of("", "not a JSON object"),
        Arguments.of("[]", "not a JSON object"),
        Arguments.of("null", "not a JSON object"),
        Arguments.of("{\"inputs\":\n  [}", "line 2, column 4"),
        Arguments.of("{\"inputs\":[{\"name\":\"x\"", "not valid JSON at line 1"),
        Arguments.of("{\"inputs\":[]} {}", "something follows"),
        Arguments.of("{}", "inputs is missing"),
        Arguments.of("{\"inputs\":{}}", "inputs is not an array"),
        Arguments.of("{\"inputs\":[5]}", "inputs[0] is not an object"),
        Arguments.of("{\"input\":[]}", "unknown field 'input'"),
        Arguments.of("{\"id\":5,\"inputs\":[]}", "id is not a string"),
        Arguments.of("{\"id\":\"a\",\"id\":\"b\",\"inputs\":[]}", "Duplicate field 'id'"),
        Arguments.of("{\"inputs\":[{}]}", "inputs[0].name is missing"),
        Arguments.of("{\"inputs\":[{\"name\":\"x\"}]}", "inputs[0].datatype is missing"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\"}]}", "inputs[0].shape is missing"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1]}]}",
            "inputs[0].data is missing"),
        Arguments.of("{\"inputs\":[{\"nam\":\"x\"}]}", "unknown field 'nam' in inputs[0]"),
        Arguments.of(input.formatted("FLOAT", "[1]", "[1]"), "write one of [BOOL, UINT8"),
        Arguments.of(input.formatted("FP32", "[-1]", "[1]"), "inputs[0].shape has '-1'"),
        Arguments.of(input.formatted("FP32", "[1.5]", "[1]"), "inputs[0].shape has '1.5'"),
        Arguments.of(input.formatted("FP32", "[\"1\"]", "[1]"), "inputs[0].shape has '1'"),
        Arguments.of(input.formatted("FP32", "[1e3]", "[1]"), "inputs[0].shape has '1e3'"),
        Arguments.of(input.formatted("FP32", "[99999999999999999999]", "[1]"), "shape has '999"),
        Arguments.of(input.formatted("FP32", "1", "[1]"), "inputs[0].shape is not an array"),
        Arguments.of(
            input.formatted("FP32", "[9223372036854775807,2]", "[1]"), "more elements than can be"),
        Arguments.of(
            input.formatted("FP64", "[4294967296,4294967296]", "[1]"), "more elements than can be"),
        Arguments.of(input.formatted("FP64", "[1000000000]", "[1]"), "more than data can have"),
        Arguments.of(input.formatted("BYTES", "[1000000000]", "[\"\"]"), "more than data can have"),
        Arguments.of(
            input.formatted("FP32", "[1" + ",1".repeat(40) + "]", "[1]"), "more than 32 dimension"),
        Arguments.of(input.formatted("FP32", "[2]", "[1]"), "data has 1 elements; shape [2] has 2"),
        Arguments.of(input.formatted("FP32", "[1]", "[1,2]"), "more than the 1 elements"),
        Arguments.of(input.formatted("FP32", "[0]", "[1]"), "more than the 0 elements"),
        Arguments.of(input.formatted("FP32", "[2]", "5"), "data is not an array"),
        Arguments.of(input.formatted("FP32", "[2]", "[[1,2]]"), "not nested as shape [2]"),
        Arguments.of(input.formatted("FP32", "[2,2]", "[[1,2],3,4]"), "not nested as shape"),
        Arguments.of(input.formatted("FP32", "[2,2]", "[1,[2,3],4]"), "not nested as shape"),
        Arguments.of(input.formatted("FP32", "[2,2,1]", "[[1,2],[3,4]]"), "not nested as shape"),
        Arguments.of(input.formatted("FP32", "[2,2]", "[[1],[2,3,4]]"), "depth 2 of data has 1"),
        Arguments.of(input.formatted("FP32", "[2,2]", "[[1,2,3,4]]"), "depth 2 of data has 4"),
        Arguments.of(input.formatted("FP32", "[1]", "[\"1\"]"), "element 0 of data is \"1\""),
        Arguments.of(input.formatted("FP32", "[1]", "[null]"), "element 0 of data is null"),
        Arguments.of(input.formatted("FP32", "[1]", "[{}]"), "element 0 of data is {"),
        Arguments.of(input.formatted("FP32", "[1]", "[NaN]"), "not valid JSON"),
        Arguments.of(input.formatted("FP32", "[1]", "[1e39]"), "out of the range of FP32"),
        Arguments.of(input.formatted("FP64", "[1]", "[1e309]"), "out of the range of FP64"),
        Arguments.of(input.formatted("FP16", "[1]", "[65520]"), "out of the range of FP16"),
        Arguments.of(input.formatted("BF16", "[1]", "[3.4e38]"), "out of the range of BF16"),
        Arguments.of(input.formatted("INT8", "[1]", "[128]"), "out of the range of INT8"),
        Arguments.of(input.formatted("UINT8", "[1]", "[-1]"), "-1, which is out of the range"),
        Arguments.of(input.formatted("UINT64", "[1]", "[-1]"), "out of the range of UINT64"),
        Arguments.of(
            input.formatted("INT64", "[1]", "[9223372036854775808]"), "out of the range of INT64"),
        Arguments.of(input.formatted("INT32", "[1]", "[1.0]"), "1.0; INT32 takes an integer"),
        Arguments.of(input.formatted("BOOL", "[1]", "[1]"), "BOOL takes true or false"),
        Arguments.of(input.formatted("BYTES", "[1]", "[1]"), "BYTES takes a string"),
        Arguments.of(
            "{\"parameters\":{\"sequence_id\":1},\"inputs\":[]}",
            "parameters.sequence_id is not supported"),
        Arguments.of("{\"parameters\":[],\"inputs\":[]}", "parameters is not an object"),
        Arguments.of(
            "{\"parameters\":{\"binary_data_output\":1},\"inputs\":[]}", "is not true or false"),
        Arguments.of("{\"outputs\":[{}],\"inputs\":[]}", "outputs[0].name is missing"),
        Arguments.of(
            "{\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":3}}],\"inputs\":[]}",
            "outputs[0].parameters.classification is not supported"),
        Arguments.of(
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1],"
                + "\"parameters\":{\"binary_data_size\":1}}]}",
            "both data and binary_data_size"),
        Arguments.of(
            "{\"outputs\":[{\"name\":\"y\"},{\"name\":\"y\"}],\"inputs\":[]}",
            "output 'y' is asked for twice"),
        Arguments.of(
            "{\"id\":\"" + "i".repeat(1025) + "\",\"inputs\":[]}",
            "id has more than 1024 characters"),
        Arguments.of(
            "{\"parameters\":{\"a\":[" + "0,".repeat(10_000) + "0]},\"inputs\":[]}",
            "parameters has more than 10000 entries"),
        Arguments.of("{\"inputs\":[{\"data\":[[{\"a\":1}]]}]}", "inputs[0].data has an object"),
        Arguments.of("[".repeat(5000), "not a JSON object"),
        Arguments.of(
            "{\"inputs\":[{\"data\":" + "[".repeat(5000) + "]}", "not valid JSON at line 1"));
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void saysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((ProtocolException) e).status())
        .isEqualTo(400);
  }

  private static InferRequest parseBinary(String json, byte[] binary) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[header.length + binary.length];
    System.arraycopy(header, 0, body, 0, header.length);
    System.arraycopy(binary, 0, body, header.length, binary.length);
    return InferRequestParser.parse(body, header.length, body.length, MEMORY.share());
  }

  private static String announced(String datatype, String shape, long size) {
    return """
        {"inputs":[{"name":"x","datatype":"%s","shape":%s,"parameters":{"binary_data_size":%d}}]}"""
        .formatted(datatype, shape, size);
  }

  @Test
  void readsBinaryTensorsInTheirOrder() {
    ByteBuffer binary = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    binary.putFloat(1.5f).putLong(-7);
    InferRequest request =
        parseBinary(
            """
            {"inputs":[
             {"name":"a","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}},
             {"name":"j","datatype":"INT8","shape":[1],"data":[3]},
             {"parameters":{"binary_data_size":8},"name":"b","datatype":"INT64","shape":[1]}]}""",
            binary.array());
    assertThat(request.inputs().get(0).data().getFloat(0)).isEqualTo(1.5f);
    assertThat(request.inputs().get(1).data().get(0)).isEqualTo((byte) 3);
    assertThat(request.inputs().get(2).data().getLong(0)).isEqualTo(-7);
  }

  /** While it waits, the queue counts the tensor's bytes and not those of the body. */
  @Test
  void aSmallTensorDoesNotKeepALargeBody() {
    String json = announced("FP32", "[1]", 4) + " ".repeat(200_000);
    ByteBuffer binary = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 2.5f);
    Tensor tensor = parseBinary(json, binary.array()).inputs().get(0);
    assertThat(tensor.data().getFloat(0)).isEqualTo(2.5f);
    assertThat(tensor.data().array()).hasSize(4);
  }

  @Test
  void readsBinaryStrings() {
    byte[] binary = {1, 0, 0, 0, 'a', 0, 0, 0, 0, 2, 0, 0, 0, (byte) 0xc3, (byte) 0xa9};
    assertThat(parseBinary(announced("BYTES", "[3]", 15), binary).inputs().get(0).strings())
        .containsExactly("a", "", "é");
  }

  static Stream<Arguments> brokenBinary() {
    return Stream.of(
        Arguments.of("FP32", "[2]", 8, new byte[4], "but 4 bytes of binary data are left"),
        Arguments.of("FP32", "[2]", 4, new byte[4], "binary_data_size is 4; FP32 of shape [2]"),
        Arguments.of("FP32", "[1]", 4, new byte[8], "4 bytes of binary data belong to no input"),
        Arguments.of("FP32", "[1]", 3, new byte[3], "binary_data_size is 3"),
        Arguments.of("FP32", "[4611686018427387905]", 4, new byte[4], "binary_data_size is 4"),
        Arguments.of("FP32", "[1]", Long.MAX_VALUE, new byte[4], "bytes of binary data are left"),
        Arguments.of("FP32", "[1]", -4, new byte[4], "is not a whole number from 0"),
        Arguments.of("BOOL", "[2]", 2, new byte[] {1, 2}, "element 1 is the byte 2"),
        Arguments.of("BYTES", "[1]", 3, new byte[3], "more than 3 bytes can hold"),
        Arguments.of("BYTES", "[1000000000]", 4, new byte[4], "more than 4 bytes can hold"),
        Arguments.of("BYTES", "[1]", 5, new byte[] {2, 0, 0, 0, 'a'}, "ends within element 0"),
        Arguments.of("BYTES", "[1]", 4, new byte[] {-1, -1, -1, -1}, "ends within element 0"),
        Arguments.of("BYTES", "[2]", 9, new byte[] {5, 0, 0, 0, 1, 1, 1, 1, 1}, "within element 1"),
        Arguments.of("BYTES", "[1]", 6, new byte[] {1, 0, 0, 0, 'a', 'b'}, "1 bytes follow"),
        Arguments.of("BYTES", "[1]", 5, new byte[] {1, 0, 0, 0, (byte) 0xff}, "is not UTF-8"));
  }

  @ParameterizedTest
  @MethodSource("brokenBinary")
  void saysWhatIsWrongWithBinaryData(
      String datatype, String shape, long size, byte[] binary, String message) {
    assertThatThrownBy(() -> parseBinary(announced(datatype, shape, size), binary))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }
}
