"""Trains the two revisions of the digits classifier and writes everything in this folder that is measured.

    python train.py

Writes {1,2}/model.onnx, holdout.csv, metrics.json and request.json, and brings the digests in the ModelDeployments and
the figures in README.md into step with them. The figures are those of the ONNX files, run by ONNX Runtime; the script
fails, and writes nothing, if a file does not answer as the network that scikit-learn trained. Running it twice on one
machine gives the same bytes.
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
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
SPLIT_SEED = 0
PIXEL_MAX = 16.0
OPSET = 17  # with IR version 8: what any ONNX Runtime since 1.12 loads

REVISIONS = {
    "1": dict(hidden=(64,), alpha=0.01, learning_rate=0.003, epochs=100, seed=1),
    "2": dict(hidden=(128, 64), alpha=0.01, learning_rate=0.001, epochs=100, seed=2),
}


def train(plan, pixels, labels):
    network = MLPClassifier(
        hidden_layer_sizes=plan["hidden"],
        activation="relu",
        solver="adam",
        alpha=plan["alpha"],
        learning_rate_init=plan["learning_rate"],
        batch_size=64,
        max_iter=plan["epochs"],
        n_iter_no_change=plan["epochs"],
        random_state=plan["seed"],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of epochs is the plan
        return network.fit(pixels / PIXEL_MAX, labels)


def to_onnx(network):
    """pixels [-1,64] -> Div 16 -> (Gemm -> Relu)* -> Gemm -> Softmax: probabilities [-1,10], ArgMax: label [-1]."""
    nodes, weights = [], []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name))
        return name

    nodes.append(helper.make_node("Div", ["pixels", constant("pixel_max", PIXEL_MAX)], ["hidden0"], "normalise"))
    last = len(network.coefs_) - 1
    for i, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        inputs = [f"hidden{i}", constant(f"weight{i}", weight), constant(f"bias{i}", bias)]
        output = "logits" if i == last else f"sum{i}"
        nodes.append(helper.make_node("Gemm", inputs, [output], f"layer{i}"))
        if i < last:
            nodes.append(helper.make_node("Relu", [output], [f"hidden{i + 1}"], f"relu{i}"))
    nodes.append(helper.make_node("Softmax", ["logits"], ["probabilities"], "softmax", axis=-1))
    nodes.append(helper.make_node("ArgMax", ["logits"], ["label"], "argmax", axis=-1, keepdims=0))

    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 64])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 10]),
            helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
        ],
        weights,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="modelyard-examples"
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def run(model, pixels):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    outputs = ["probabilities", "label"]
    probabilities, label = session.run(outputs, {"pixels": pixels})
    one_by_one = [session.run(outputs, {"pixels": row[None]})[1][0] for row in pixels]
    require(np.array_equal(label, one_by_one), "the ONNX file answers differently one by one than in one batch")
    require(np.array_equal(label, probabilities.argmax(axis=1)), "label is not the most probable digit")
    return probabilities, label


def measure(probabilities, predicted, labels):
    of_the_label = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return {
        "loss": float(-np.log(of_the_label).mean()),  # cross-entropy
        "accuracy": float(accuracy_score(labels, predicted)),
        "recall": float(recall_score(labels, predicted, average="macro")),
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
    pixels, labels = load_digits(return_X_y=True)
    require(np.array_equal(pixels, pixels.round()), "the data set's pixel values are not whole numbers")
    x_train, x_holdout, y_train, y_holdout = train_test_split(
        pixels, labels, test_size=0.2, stratify=labels, random_state=SPLIT_SEED
    )

    models, metrics, first = {}, {}, {}
    for revision, plan in REVISIONS.items():
        network = train(plan, x_train, y_train)
        model = to_onnx(network)
        probabilities, predicted = run(model, x_holdout.astype(np.float32))
        figures = measure(probabilities, predicted, y_holdout)

        scaled = x_holdout / PIXEL_MAX
        trained = measure(network.predict_proba(scaled), network.predict(scaled), y_holdout)
        require(np.array_equal(predicted, network.predict(scaled)), f"revision {revision}: ONNX predicts other digits")
        for name in ("accuracy", "recall"):
            require(figures[name] == trained[name], f"revision {revision}: {name} {figures[name]} != {trained[name]}")
        require(
            abs(figures["loss"] - trained["loss"]) < 1e-5,
            f"revision {revision}: loss {figures['loss']} is not {trained['loss']}",
        )

        models[revision] = model
        first[revision] = (int(predicted[0]), float(probabilities[0].max()))
        metrics[revision] = {name: round(value, 6) for name, value in figures.items()} | {
            "correct": int((predicted == y_holdout).sum()),
            "holdoutRows": len(y_holdout),
            "trainRows": len(y_train),
            "hidden": list(plan["hidden"]),
            "parameters": sum(w.size for w in network.coefs_ + network.intercepts_),
            "sha256": hashlib.sha256(model).hexdigest(),
            "sizeBytes": len(model),
        }
    metrics["versions"] = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": ort.__version__,
        "opset": OPSET,
    }

    for revision, model in models.items():
        folder = HERE / revision
        folder.mkdir(exist_ok=True)
        (folder / "model.onnx").write_bytes(model)
    header = ",".join(["label"] + [f"p{i}" for i in range(64)])
    rows = [",".join(str(int(v)) for v in [label, *row]) for label, row in zip(y_holdout, x_holdout)]
    (HERE / "holdout.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (HERE / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    data = [int(v) for v in x_holdout[0]]
    request = {"inputs": [{"name": "pixels", "shape": [1, 64], "datatype": "FP32", "data": data}]}
    (HERE / "request.json").write_text(json.dumps(request) + "\n", encoding="utf-8")

    for cr in ("modeldeployment-cpu.yaml", "modeldeployment-gpu.yaml", "modeldeployment-autoscaling.yaml"):
        replace(HERE / cr, r"digest: \S+", f"digest: sha256:{metrics['1']['sha256']}")
    table = [
        "| revision | hidden layers | parameters | loss | accuracy | macro recall | right | bytes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for revision in REVISIONS:
        m = metrics[revision]
        table.append(
            f"| {revision} | {' + '.join(map(str, m['hidden']))} | {m['parameters']:,} | {m['loss']:.4f} "
            f"| {m['accuracy']:.4f} | {m['recall']:.4f} | {m['correct']} of {m['holdoutRows']} | {m['sizeBytes']:,} |"
        )
    table += ["", "| revision | digest | answer to `request.json` |", "|---|---|---|"]
    for revision in REVISIONS:
        label, probability = first[revision]
        table.append(
            f"| {revision} | `sha256:{metrics[revision]['sha256']}` | {label}, with probability {probability:.4f} |"
        )
    block = "\n".join(["<!-- figures -->", *table, "<!-- /figures -->"])
    replace(HERE / "README.md", r"<!-- figures -->.*<!-- /figures -->", block, re.DOTALL)
    print("\n".join(table))


if __name__ == "__main__":
    with threadpool_limits(1):  # the order of additions, and with it the last bit, does not hang on the cores
        main()
