"""ONNX files: the nodes on the way from the input to the output, as a chain of layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ModelError, UnsupportedError
from .chain import COVERED, Chain
from .reading import Reading

SAME = {"Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Cast"}
# what exporters of scikit-learn put after the shares of the classes: labels, tables, the other class
LABELLING = {
    "ArgMax", "ArrayFeatureExtractor", "ZipMap", "Normalizer", "Concat", "Sub", "Cast", "Reshape", "Identity", "Gather",
    "Squeeze", "LabelEncoder", "Greater", "Where", "Not",
}  # fmt: skip
HEADS = {"Sigmoid": "Sigmoid", "Softmax": "Softmax", "LogSoftmax": "LogSoftmax"}


def read_onnx(content: bytes, file: str, folder: str = "") -> Reading:
    """Return the network in an ONNX file.

    Gemm, MatMul, Add, Sub, Mul, Div, Relu, LeakyRelu, BatchNormalization, Dropout, shapes, and a Sigmoid or Softmax at
    the end; scikit-learn's Scaler and what follows the shares of classes in its exports.

    Args:
        content: the file's bytes.
        file: its name, for messages.
        folder: where weights outside the file are looked for.

    Raises:
        ModelError: a node that is none of these, by its name.
        UnsupportedError: onnx is not installed.
    """
    try:
        import onnx
        from onnx import external_data_helper, numpy_helper
    except ImportError:
        raise UnsupportedError(f"{file} needs onnx: pip install onnx") from None
    try:
        model = onnx.load_model_from_string(content)
        if folder:
            external_data_helper.load_external_data_for_model(model, folder)
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    except Exception as problem:  # protobuf and onnx raise many kinds
        words = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
        raise ModelError(f"{file} is not a readable ONNX file ({words[:160]})") from None
    return _Graph(model, constants, file, onnx).reading()


class _Graph:
    """The walk along a model's nodes."""

    def __init__(self, model: Any, constants: dict[str, np.ndarray], file: str, onnx: Any) -> None:
        self.model, self.constants, self.onnx = model, constants, onnx
        self.chain = Chain(f"the ONNX file {file}")
        self.heads: dict[str, str] = {}
        self.spent: set[str] = set()

    def reading(self) -> Reading:
        """Return what was read."""
        graph = self.model.graph
        inputs = [value.name for value in graph.input if value.name not in self.constants]
        if len(inputs) != 1:
            raise ModelError(f"{self.chain.kind} has {len(inputs)} inputs; a network with one is covered")
        current, history = inputs[0], {inputs[0]}
        labels: set[str] = set()
        for node in graph.node:
            sources = [name for name in node.input if name]
            if node.op_type == "Constant":
                self.constants[node.output[0]] = self._constant(node)
                continue
            if sources and all(name in self.constants for name in sources):
                self._derived(node)
                continue
            if labels and all(name in labels or name in self.constants for name in sources):
                if node.op_type not in LABELLING:
                    raise ModelError(f"{self.chain.kind}: {node.op_type} follows the {self.chain.head}; {COVERED}")
                labels.update(node.output)
                continue
            if current not in sources or any(name in history and name != current for name in sources):
                raise ModelError(
                    f"{self.chain.kind}: {self._name(node)} takes a value from before the last step (a skip connection "
                    f"or a second branch); {COVERED}"
                )
            self._step(node, current)
            history.add(current)
            current = node.output[0]
            history.add(current)
            if self.chain.head is not None:
                labels.add(current)
        outputs = [value.name for value in graph.output]
        if current not in outputs and not labels & set(outputs):
            raise ModelError(f"{self.chain.kind} gives something else than its last step")
        return self.chain.reading(run=self._run, precision=self._precision(), from_file=True)

    def _step(self, node: Any, current: str) -> None:
        """Add one node to the chain."""
        chain, kind, name = self.chain, node.op_type, self._name(node)
        said = {a.name: self.onnx.helper.get_attribute_value(a) for a in node.attribute}
        if kind in SAME:
            return
        if kind == "Dropout":
            chain.note("Dropout is left out, as in evaluation.")
        elif kind == "Gemm":
            if node.input[0] != current or said.get("transA"):
                raise ModelError(f"{chain.kind}: {name} multiplies from the left; {COVERED}")
            W = self._array(node.input[1], name)
            W = float(said.get("alpha", 1.0)) * (W if said.get("transB") else W.T)
            b = self._array(node.input[2], name).reshape(-1) if len(node.input) > 2 and node.input[2] else None
            chain.linear(W, None if b is None else _wide(float(said.get("beta", 1.0)) * b, len(W)), name)
        elif kind == "MatMul":
            if node.input[0] != current:
                raise ModelError(f"{chain.kind}: {name} multiplies from the left; {COVERED}")
            chain.linear(self._array(node.input[1], name).T, None, name)
        elif kind in ("Add", "Sub", "Mul", "Div"):
            self._arithmetic(node, current, name)
        elif kind == "Relu" or (kind in ("Clip", "Max") and self._is_relu(node, current, said)):
            chain.activation(0.0, name)
        elif kind == "LeakyRelu":
            chain.activation(float(said.get("alpha", 0.01)), name)
        elif kind in HEADS:
            if kind != "Sigmoid" and said.get("axis", -1) not in (1, -1):
                raise ModelError(f"{chain.kind}: {name} runs over the samples")
            chain.finish(HEADS[kind], name)
        elif kind == "BatchNormalization":
            gamma, beta, mean, variance = (self._array(part, name).reshape(-1) for part in node.input[1:5])
            scale = gamma / np.sqrt(variance + float(said.get("epsilon", 1e-5)))
            chain.scaling(scale, beta - mean * scale, name, trained=True)
            chain.note("BatchNormalization is folded into the linear layer beside it, with its mean and variance.")
        elif kind == "Scaler":
            scale, offset = (
                np.asarray(said.get(key, default), float) for key, default in (("scale", 1), ("offset", 0))
            )
            chain.scaling(scale, -offset * scale, name)
        else:
            raise ModelError(f"{chain.kind}: {name} is none of the steps that are covered; {COVERED}")

    def _arithmetic(self, node: Any, current: str, name: str) -> None:
        """Add a sum, difference, product or ratio with constants; numbers added to a linear layer are its bias."""
        kind, first = node.op_type, node.input[0] == current
        numbers = self._array(node.input[1] if first else node.input[0], name).reshape(-1)
        bias = self.chain.wants_bias
        if kind == "Add":
            self.chain.scaling(1.0, numbers, name, trained=bias)
        elif kind == "Sub":
            self.chain.scaling(1.0 if first else -1.0, -numbers if first else numbers, name)
        elif kind == "Div" and not first:
            raise ModelError(f"{self.chain.kind}: {name} divides by a computed value; {COVERED}")
        else:
            self.chain.scaling(numbers if kind == "Mul" else 1.0 / numbers, 0.0, name)

    def _is_relu(self, node: Any, current: str, said: dict[str, Any]) -> bool:
        """Return whether a Clip or Max is max(z, 0)."""
        if node.op_type == "Max":
            return len(node.input) == 2 and not np.any(
                self._array(node.input[0] if node.input[1] == current else node.input[1], "Max")
            )
        low = said.get("min", self.constants.get(node.input[1]) if len(node.input) > 1 else None)
        high = said.get("max", self.constants.get(node.input[2]) if len(node.input) > 2 else None)
        no_ceiling = high is None or float(np.max(high)) >= float(np.finfo(np.float32).max)
        return low is not None and not np.any(low) and no_ceiling

    def _array(self, name: str, where: str) -> np.ndarray:
        """Return a constant by its name."""
        if name not in self.constants:
            raise ModelError(f"{self.chain.kind}: {where} takes two computed values; {COVERED}")
        return np.asarray(self.constants[name], dtype=float)

    def _constant(self, node: Any) -> np.ndarray:
        """Return the value of a Constant node."""
        value = self.onnx.helper.get_attribute_value(node.attribute[0])
        return self.onnx.numpy_helper.to_array(value) if hasattr(value, "dims") else np.asarray(value)

    def _derived(self, node: Any) -> None:
        """Compute what follows from constants alone."""
        sources = [name for name in node.input if name]
        model = self.onnx.helper.make_model(
            self.onnx.helper.make_graph(
                [node],
                "constants",
                [],
                [self.onnx.helper.make_empty_tensor_value_info(name) for name in node.output],
                [
                    self.onnx.numpy_helper.from_array(np.asarray(self.constants[name]), name)
                    for name in dict.fromkeys(sources)
                ],
            ),
            opset_imports=self.model.opset_import,
        )
        from onnx.reference import ReferenceEvaluator

        try:
            values: Any = ReferenceEvaluator(model).run(None, {})
        except Exception:  # the evaluator does not know every node
            raise ModelError(f"{self.chain.kind}: {self._name(node)} of constants cannot be computed") from None
        self.constants.update(zip(node.output, values, strict=False))

    def _name(self, node: Any) -> str:
        """Return a node's name for messages."""
        return f"node {node.name!r} ({node.op_type})" if node.name else f"node {node.op_type}"

    def _run(self, X: np.ndarray) -> np.ndarray:
        """Return the model's own outputs (n, k) on rows, by the reference evaluator of onnx."""
        from onnx.reference import ReferenceEvaluator

        graph = self.model.graph
        value = next(value for value in graph.input if value.name not in {t.name for t in graph.initializer})
        kind = self.onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
        batch_sizes = [d.dim_value for d in value.type.tensor_type.shape.dim][:1]
        evaluator = ReferenceEvaluator(self._until_head())
        rows = np.asarray(X, dtype=kind)
        one_by_one = batch_sizes == [1] and len(rows) != 1
        parts = [rows[i : i + 1] for i in range(len(rows))] if one_by_one else [rows]
        outputs: list[Any] = [evaluator.run(None, {value.name: part}) for part in parts]
        answers = [np.asarray(values[0], dtype=float) for values in outputs]
        return np.concatenate([part.reshape(1 if one_by_one else len(X), -1) for part in answers])

    def _until_head(self) -> Any:
        """Return the model up to its head, or as it is without one."""
        graph = self.model.graph
        node = next((n for n in graph.node if n.op_type in HEADS and n.op_type == self.chain.head), None)
        if node is None:
            return self.model
        cut = self.onnx.ModelProto()
        cut.CopyFrom(self.model)
        del cut.graph.output[:]
        cut.graph.output.append(self.onnx.helper.make_empty_tensor_value_info(node.output[0]))
        last = list(graph.node).index(node)
        del cut.graph.node[last + 1 :]
        return cut

    def _precision(self) -> float:
        """Return the rounding unit of the model's arithmetic."""
        kinds = [a.dtype for a in self.constants.values() if a.dtype.kind == "f" and a.ndim == 2]
        return float(max((np.finfo(kind).eps for kind in kinds), default=np.finfo(np.float32).eps))


def _wide(numbers: np.ndarray, size: int) -> np.ndarray:
    """Return one number for each output."""
    return np.broadcast_to(numbers, (size,)).copy()
