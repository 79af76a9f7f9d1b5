"""Writes the small ONNX models that the runtime's tests load.

    python3 -m venv venv && venv/bin/pip install onnx numpy
    venv/bin/python make_models.py ../resources/models

The files are committed, so that a build needs no Python.
"""

import sys
from pathlib import Path

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

DYNAMIC = "batch"
TYPES = {
    "bool": TensorProto.BOOL,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "fp16": TensorProto.FLOAT16,
    "bf16": TensorProto.BFLOAT16,
    "fp32": TensorProto.FLOAT,
    "fp64": TensorProto.DOUBLE,
    "bytes": TensorProto.STRING,
}


def value(name, datatype, shape):
    return helper.make_tensor_value_info(name, datatype, shape)


def write(folder, name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(
        nodes, name, inputs, outputs, [numpy_helper.from_array(a, n) for n, a in constants]
    )
    model = helper.make_model(
        graph, producer_name="modelyard-tests", opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    checker.check_model(model)
    save(model, folder / f"{name}.onnx")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    fp32 = TensorProto.FLOAT

    for name, datatype in TYPES.items():
        write(
            folder,
            f"identity_{name}",
            [helper.make_node("Identity", ["x"], ["y"])],
            [value("x", datatype, [DYNAMIC, 2])],
            [value("y", datatype, [DYNAMIC, 2])],
        )

    # A classifier: 64 numbers to 10 probabilities, with weights from a formula.
    rows, columns = numpy.indices((64, 16))
    first = numpy.sin(rows * 0.7 + columns * 1.3).astype(numpy.float32) * 0.3
    rows, columns = numpy.indices((16, 10))
    second = numpy.cos(rows * 1.1 + columns * 0.5).astype(numpy.float32) * 0.5
    write(
        folder,
        "mlp",
        [
            helper.make_node("MatMul", ["pixels", "first"], ["sum"]),
            helper.make_node("Relu", ["sum"], ["hidden"]),
            helper.make_node("MatMul", ["hidden", "second"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=-1),
        ],
        [value("pixels", fp32, [DYNAMIC, 64])],
        [value("probabilities", fp32, [DYNAMIC, 10])],
        [("first", first), ("second", second)],
    )

    # Two inputs and two outputs: their order and their selection.
    write(
        folder,
        "two",
        [
            helper.make_node("Add", ["a", "b"], ["sum"]),
            helper.make_node("Sub", ["a", "b"], ["difference"]),
        ],
        [value("a", fp32, [DYNAMIC, 2]), value("b", fp32, [DYNAMIC, 2])],
        [value("sum", fp32, [DYNAMIC, 2]), value("difference", fp32, [DYNAMIC, 2])],
    )

    # The first dimension is fixed: not a batch.
    write(
        folder,
        "fixed",
        [helper.make_node("Add", ["x", "x"], ["y"])],
        [value("x", fp32, [2, 3])],
        [value("y", fp32, [2, 3])],
    )

    # Any width: requests of different widths do not fit into one batch.
    write(
        folder,
        "wide",
        [helper.make_node("Add", ["x", "x"], ["y"])],
        [value("x", fp32, [DYNAMIC, "width"])],
        [value("y", fp32, [DYNAMIC, "width"])],
    )

    # A scalar in, a scalar out.
    write(
        folder,
        "scalar",
        [helper.make_node("Add", ["x", "x"], ["y"])],
        [value("x", fp32, [])],
        [value("y", fp32, [])],
    )

    # Not a number for negative input; minus infinity already for zero.
    for name, operator in (("sqrt", "Sqrt"), ("log", "Log")):
        write(
            folder,
            name,
            [helper.make_node(operator, ["x"], ["y"])],
            [value("x", fp32, [DYNAMIC, 2])],
            [value("y", fp32, [DYNAMIC, 2])],
        )

    # Fails for an index outside 0..9, and with it the whole batch.
    write(
        folder,
        "gather",
        [helper.make_node("Gather", ["table", "index"], ["row"], axis=0)],
        [value("index", TensorProto.INT64, [DYNAMIC])],
        [value("row", fp32, [DYNAMIC, 2])],
        [("table", numpy.arange(20, dtype=numpy.float32).reshape(10, 2))],
    )

    # The first dimension is free and is no batch: a row's answer depends on the other rows.
    write(
        folder,
        "mixing",
        [helper.make_node("Softmax", ["x"], ["y"], axis=0)],
        [value("x", fp32, [DYNAMIC, 2])],
        [value("y", fp32, [DYNAMIC, 2])],
    )

    # More rows come out than go in.
    write(
        folder,
        "doubling",
        [helper.make_node("Concat", ["x", "x"], ["y"], axis=0)],
        [value("x", fp32, [DYNAMIC, 2])],
        [value("y", fp32, ["rows", 2])],
    )

    # Text that is four bytes in UTF-8 and six in JNI's modified form.
    words = ["😀", "a", "日本", "é"]
    for name, keys, values in (
        ("emoji-in", {"keys_strings": words}, {"values_int64s": [11, 12, 13, 14]}),
        ("emoji-out", {"keys_int64s": [0, 1, 2, 3]}, {"values_strings": words}),
    ):
        strings_in = "keys_strings" in keys
        default = {"default_int64": -1} if strings_in else {"default_string": "?"}
        encoder = helper.make_node(
            "LabelEncoder", ["x"], ["y"], domain="ai.onnx.ml", **keys, **values, **default
        )
        kinds = [TensorProto.STRING, TensorProto.INT64]
        graph = helper.make_graph(
            [encoder],
            name,
            [value("x", kinds[0 if strings_in else 1], [DYNAMIC, 1])],
            [value("y", kinds[1 if strings_in else 0], [DYNAMIC, 1])],
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
        model = helper.make_model(graph, opset_imports=opsets)
        model.ir_version = 8
        save(model, folder / f"{name}.onnx")

    # Its weights are in w.bin beside it, which a test writes; the checker would want the file.
    weights = TensorProto(data_type=fp32, dims=[2], name="w", data_location=TensorProto.EXTERNAL)
    for key, text in (("location", "w.bin"), ("offset", "0"), ("length", "8")):
        weights.external_data.add(key=key, value=text)
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        "external",
        [value("x", fp32, [DYNAMIC, 2])],
        [value("y", fp32, [DYNAMIC, 2])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    save(model, folder / "external.onnx")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
