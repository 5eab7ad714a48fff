"""ONNX files: written node by node, compared with the same network in arrays."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.networks.files import read_model

onnx = pytest.importorskip("onnx")
helper, numpy_helper, FLOAT = onnx.helper, onnx.numpy_helper, onnx.TensorProto.FLOAT

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 3)).astype(np.float32).astype(float)
W, B, V, C = (RNG.normal(size=s).astype(np.float32) for s in ((4, 3), (4,), (2, 4), (2,)))
LOGITS = np.maximum(X @ W.T + B, 0) @ V.T + C


def write(path, nodes, arrays, output="out", rows=None, extra=()):
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", FLOAT, [rows, 3])],
        [helper.make_tensor_value_info(output, FLOAT, None)],
        [numpy_helper.from_array(np.asarray(a, dtype=np.float32), name) for name, a in arrays.items()],
    )
    opset = [helper.make_opsetid("", 13), *extra]
    path.write_bytes(helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString())
    return path


def gemm(end="out"):
    return [
        helper.make_node("Gemm", ["x", "W", "B"], ["z"], transB=1),
        helper.make_node("Relu", ["z"], ["h"]),
        helper.make_node("Gemm", ["h", "V", "C"], [end], transB=1),
    ]


ARRAYS = {"W": W, "B": B, "V": V, "C": C}
TURNED = {"W": W.T, "B": B, "V": V.T, "C": C}
MATMUL = [
    helper.make_node("Flatten", ["x"], ["f"]),
    helper.make_node("MatMul", ["f", "W"], ["m"]),
    helper.make_node("Add", ["B", "m"], ["z"]),
    helper.make_node("Identity", ["z"], ["i"]),
    helper.make_node("Clip", ["i", "zero"], ["h"]),
    helper.make_node("MatMul", ["h", "V"], ["n"]),
    helper.make_node("Add", ["n", "C"], ["out"]),
]


def test_gemm_and_matmul(tmp_path):
    cases = [(gemm(), ARRAYS, None), (MATMUL, {**TURNED, "zero": 0.0}, None), (gemm(), ARRAYS, 1)]
    for nodes, arrays, rows in cases:
        found = read_model(write(tmp_path / "m.onnx", nodes, arrays, rows=rows)).reading
        np.testing.assert_allclose(found.predict(X), LOGITS, rtol=1e-5, atol=1e-5)
        assert [b is not None for b in found.biases] == [True, True]
        assert found.disagreement(X)[0] < 256


def test_explained_as_its_arrays_are(tmp_path):
    path = write(tmp_path / "m.onnx", gemm(), ARRAYS)
    Y = np.c_[X[:, 0], X[:, 1]]
    assert rs.certify_model(path, X, Y).given.loss == pytest.approx(np.mean(np.sum((LOGITS - Y) ** 2, axis=1)))
    with pytest.raises(rs.InputError, match="takes 3 inputs"):
        rs.certify_model(str(path), X[:, :2], Y)


def test_weights_by_transposed_constants(tmp_path):
    nodes = [helper.make_node("Transpose", ["W"], ["t"], perm=[1, 0]), helper.make_node("MatMul", ["x", "t"], ["m"])]
    nodes += [helper.make_node("Add", ["m", "B"], ["z"]), *gemm()[1:]]
    np.testing.assert_allclose(
        read_model(write(tmp_path / "m.onnx", nodes, ARRAYS)).reading.predict(X), LOGITS, atol=1e-5
    )


def test_heads_and_slopes(tmp_path):
    for head, loss in (("Softmax", "cross_entropy"), ("LogSoftmax", "cross_entropy"), ("Sigmoid", "bce")):
        nodes = [*gemm("logits"), helper.make_node(head, ["logits"], ["out"])]
        found = read_model(write(tmp_path / "m.onnx", nodes, ARRAYS)).reading
        assert (found.head, found.loss) == (head, loss)
        np.testing.assert_allclose(found.predict(X), LOGITS, rtol=1e-5, atol=1e-5)
        assert found.disagreement(X)[0] < 256
    nodes = [gemm()[0], helper.make_node("LeakyRelu", ["z"], ["h"], alpha=0.25), gemm()[2]]
    assert read_model(write(tmp_path / "m.onnx", nodes, ARRAYS)).reading.slopes == (0.25,)


def test_as_scikit_learn_is_exported(tmp_path):
    """Scaler, MatMul and Add, one logit, a Sigmoid, then both shares and the label."""
    arrays = {"W": W.T, "B": B, "V": V[:1].T, "C": C[:1], "one": [1.0]}
    nodes = [
        helper.make_node("Scaler", ["x"], ["s"], domain="ai.onnx.ml", offset=[1.0, 2.0, 3.0], scale=[0.5, 2.0, 1.0]),
        helper.make_node("MatMul", ["s", "W"], ["m"]),
        helper.make_node("Add", ["m", "B"], ["z"]),
        helper.make_node("Relu", ["z"], ["h"]),
        helper.make_node("MatMul", ["h", "V"], ["n"]),
        helper.make_node("Add", ["n", "C"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["p"]),
        helper.make_node("Sub", ["one", "p"], ["q"]),
        helper.make_node("Concat", ["q", "p"], ["shares"], axis=1),
        helper.make_node("ArgMax", ["shares"], ["out"], axis=1),
    ]
    path = write(tmp_path / "m.onnx", nodes, arrays, extra=[helper.make_opsetid("ai.onnx.ml", 3)])
    found = read_model(path).reading
    scaled = (X - [1, 2, 3]) * [0.5, 2, 1]
    np.testing.assert_allclose(found.predict(X), np.maximum(scaled @ W.T + B, 0) @ V[:1].T + C[:1], atol=1e-4)
    assert found.loss == "bce"
    assert found.disagreement(X)[0] < 256


def test_what_is_no_chain_is_refused_by_name(tmp_path):
    skip = [*gemm("y"), helper.make_node("Add", ["y", "z"], ["out"])]
    cases = [
        ([gemm()[0], helper.make_node("Tanh", ["z"], ["h"]), gemm()[2]], "Tanh"),
        (skip, "skip connection"),
        ([gemm()[0], helper.make_node("Gemm", ["z", "V", "C"], ["out"], transB=1)], "no activation between"),
        ([*gemm("y"), helper.make_node("Softmax", ["y"], ["out"], axis=0)], "over the samples"),
        ([*gemm("y"), helper.make_node("Relu", ["y"], ["out"])], "ends in an activation"),
    ]
    for nodes, words in cases:
        with pytest.raises(rs.ModelError, match=words):
            read_model(write(tmp_path / "m.onnx", nodes, ARRAYS))
    (tmp_path / "m.onnx").write_bytes(b"no protobuf at all")
    with pytest.raises(rs.ModelError, match="not a readable ONNX"):
        read_model(tmp_path / "m.onnx")
