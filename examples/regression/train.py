"""Trains the regression and writes everything in this folder that is measured.

    python train.py

Ten ReLU units, mean squared error, Adam, on the diabetes data that scikit-learn bundles. Writes 1/model.onnx,
holdout.csv, metrics.json and request.json, and brings the digest in the ModelDeployment and the figures in README.md
into step with them. The figures are those of the ONNX file, run by ONNX Runtime; the script fails, and writes nothing,
if the file does not answer as the network that scikit-learn trained. Running it twice on one machine gives the same
bytes.
"""

import hashlib
import json
import platform
import re
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import sklearn
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
SEED = 0
UNITS = 10
EPOCHS = 200
OPSET = 17  # with IR version 8: what any ONNX Runtime since 1.12 loads


def train(x, y):
    network = MLPRegressor(
        hidden_layer_sizes=(UNITS,),
        activation="relu",
        solver="adam",  # and its loss is the squared error
        alpha=3.0,
        learning_rate_init=0.005,
        batch_size=32,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS,
        random_state=SEED,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of epochs is the plan
        return network.fit(x, y)


def to_onnx(network, inputs, target):
    """features [-1,10] -> standardise -> Gemm -> Relu -> Gemm -> back to the target's unit: prediction [-1,1]."""
    weights = []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name))
        return name

    (w0, w1), (b0, b1) = network.coefs_, network.intercepts_
    nodes = [
        helper.make_node("Sub", ["features", constant("mean", inputs.mean_)], ["centred"]),
        helper.make_node("Div", ["centred", constant("deviation", inputs.scale_)], ["standardised"]),
        helper.make_node("Gemm", ["standardised", constant("weight0", w0), constant("bias0", b0)], ["sum0"]),
        helper.make_node("Relu", ["sum0"], ["hidden"]),
        helper.make_node("Gemm", ["hidden", constant("weight1", w1), constant("bias1", b1)], ["sum1"]),
        helper.make_node("Mul", ["sum1", constant("target_deviation", target.scale_)], ["scaled"]),
        helper.make_node("Add", ["scaled", constant("target_mean", target.mean_)], ["prediction"]),
    ]
    graph = helper.make_graph(
        nodes,
        "regression",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", len(inputs.mean_)])],
        [helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["batch", 1])],
        weights,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="modelyard-examples"
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def run(model, features):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (prediction,) = session.run(["prediction"], {"features": features})
    one_by_one = [session.run(["prediction"], {"features": row[None]})[0][0] for row in features]
    require(
        np.allclose(prediction, one_by_one, rtol=1e-5), "the ONNX file answers differently one by one than in one batch"
    )
    return prediction[:, 0].astype(np.float64)


def measure(prediction, target):
    return {
        "loss": float(mean_squared_error(target, prediction)),
        "mae": float(mean_absolute_error(target, prediction)),
        "r2": float(r2_score(target, prediction)),
    }


def require(holds, otherwise):
    if not holds:
        raise SystemExit(f"train.py: {otherwise}")


def replace(path, pattern, text, flags=0):
    old = path.read_text(encoding="utf-8")
    new, found = re.subn(pattern, lambda _: text, old, flags=flags)
    require(found == 1, f"{path.name}: expected {pattern!r} once, found it {found} times")
    path.write_text(new, encoding="utf-8")


def main():
    bunch = load_diabetes(scaled=False)
    x_train, x_holdout, y_train, y_holdout = train_test_split(
        bunch.data, bunch.target, test_size=0.2, random_state=SEED
    )
    inputs = StandardScaler().fit(x_train)
    target = StandardScaler().fit(y_train[:, None])
    network = train(inputs.transform(x_train), target.transform(y_train[:, None])[:, 0])

    model = to_onnx(network, inputs, target)
    prediction = run(model, x_holdout.astype(np.float32))
    figures = measure(prediction, y_holdout)
    expected = target.inverse_transform(network.predict(inputs.transform(x_holdout))[:, None])[:, 0]
    require(np.allclose(prediction, expected, rtol=1e-5), "the ONNX file predicts other values than scikit-learn")
    for name, value in measure(expected, y_holdout).items():
        require(np.isclose(figures[name], value, rtol=1e-5), f"{name}: {figures[name]} is not {value}")
    mean_only = measure(np.full(len(y_holdout), y_train.mean()), y_holdout)
    linear = measure(LinearRegression().fit(x_train, y_train).predict(x_holdout), y_holdout)

    revision = {name: round(value, 6) for name, value in figures.items()} | {
        "lossOfTheMean": round(mean_only["loss"], 6),
        "lossOfLinearRegression": round(linear["loss"], 6),
        "holdoutRows": len(y_holdout),
        "trainRows": len(y_train),
        "units": UNITS,
        "parameters": sum(w.size for w in network.coefs_ + network.intercepts_),
        "sha256": hashlib.sha256(model).hexdigest(),
        "sizeBytes": len(model),
    }
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": ort.__version__,
        "opset": OPSET,
    }

    (HERE / "1").mkdir(exist_ok=True)
    (HERE / "1" / "model.onnx").write_bytes(model)
    header = ",".join(["target", *bunch.feature_names])
    rows = [",".join(f"{v:.10g}" for v in [value, *row]) for value, row in zip(y_holdout, x_holdout)]
    (HERE / "holdout.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (HERE / "metrics.json").write_text(
        json.dumps({"1": revision, "versions": versions}, indent=2) + "\n", encoding="utf-8"
    )
    data = [float(f"{v:.10g}") for v in x_holdout[0]]
    request = {"inputs": [{"name": "features", "shape": [1, len(data)], "datatype": "FP32", "data": data}]}
    (HERE / "request.json").write_text(json.dumps(request) + "\n", encoding="utf-8")

    replace(HERE / "modeldeployment.yaml", r"digest: \S+", f"digest: sha256:{revision['sha256']}")
    table = [
        "| what | value |",
        "|---|---|",
        f"| mean squared error | {revision['loss']:.2f} |",
        f"| the same of linear regression | {linear['loss']:.2f} |",
        f"| the same of always answering the training mean | {mean_only['loss']:.2f} |",
        f"| mean absolute error | {revision['mae']:.2f} |",
        f"| R² | {revision['r2']:.4f} |",
        f"| held-out rows | {revision['holdoutRows']} of {revision['holdoutRows'] + revision['trainRows']} |",
        f"| parameters | {revision['parameters']} |",
        f"| bytes | {revision['sizeBytes']:,} |",
        f"| digest | `sha256:{revision['sha256']}` |",
        f"| answer to `request.json` | {prediction[0]:.2f} (measured: {y_holdout[0]:g}) |",
    ]
    block = "\n".join(["<!-- figures -->", *table, "<!-- /figures -->"])
    replace(HERE / "README.md", r"<!-- figures -->.*<!-- /figures -->", block, re.DOTALL)
    print("\n".join(table))


if __name__ == "__main__":
    with threadpool_limits(1):  # the order of additions, and with it the last bit, does not hang on the cores
        main()
