"""Weights alone, arrays by name: which is which layer's, and what nobody can see in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np

from ..errors import ModelError
from .reading import ASSUMED, Reading

MOST_MATCHED = 6
# what torch adds to a variance unless told otherwise
EPSILON = 1e-5
KERAS = "The matrices are read as (inputs, outputs), as Keras stores them."
COMPUTED = ("weight_g", "weight_v", "weight_orig", "original0", "original1")
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
Names = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, eq=False)
class NamedLayers:
    """Weights read as layers, with the names they were stored under.

    Attributes:
        reading: the layers.
        names: for each layer the names of its weight and, where it has one, its bias.
        transposed: whether the matrices are stored as (in, out).
        folded: whether the layers hold more than the named arrays (a BatchNorm).
    """

    reading: Reading
    names: Names
    transposed: bool
    folded: bool


def read_arrays(arrays: Mapping[str, np.ndarray], file: str, ordered: bool, notes: Sequence[str] = ()) -> NamedLayers:
    """Return weights as layers.

    The order is that in which they are stored, where it means something, or that of the numbers in their names;
    shapes decide where neither forms a chain. A bias is found by the stem of its name, else by its length.

    Args:
        arrays: by name, in their stored order.
        file: what holds them, for messages.
        ordered: whether the stored order is that of a model (a state dict, an npz) and not sorted by the format.
        notes: sentences that come first.

    Raises:
        ModelError: no chain of layers, more than one, or arrays that belong to no linear layer.
    """
    factors = [name for name in arrays if name.rsplit(".", 1)[-1] in COMPUTED]
    if factors:
        raise ModelError(
            f"{file} holds {factors[0]!r}: its weights are computed from others (weight_norm, pruning); "
            "make them permanent before saving (remove_parametrizations, prune.remove)"
        )
    layer_arrays, norms = _without_norms(arrays, file)
    strange = [name for name, a in layer_arrays.items() if a.ndim not in (1, 2)]
    if strange:
        shape = tuple(layer_arrays[strange[0]].shape)
        raise ModelError(
            f"{file} holds {strange[0]!r} of shape {shape}, which belongs to no linear layer; "
            "only linear layers with ReLU between them are covered"
        )
    matrices = [name for name, a in layer_arrays.items() if a.ndim == 2]
    if not matrices:
        raise ModelError(f"{file} has no weight matrix: no chain of linear layers")
    nameless = all(re.fullmatch(r"arr_\d+", name) for name in layer_arrays)
    straight = (
        None if any("kernel" in name for name in matrices) else _named(layer_arrays, matrices, ordered, nameless, file)
    )
    transposes = {name: a.T if a.ndim == 2 else a for name, a in layer_arrays.items()}
    other = _named(transposes, matrices, ordered, nameless, file) if straight is None or nameless else None
    if straight is not None and other is not None:
        raise ModelError(
            f"{file}: the arrays have no names and fit as (outputs, inputs) and as (inputs, outputs); "
            "name them 0.weight, 0.bias, ... with weights (outputs, inputs)"
        )
    names = straight or other
    if names is None:
        shapes = ", ".join(f"{name} {tuple(a.shape)}" for name, a in list(layer_arrays.items())[:12])
        raise ModelError(f"{file}: the shapes form no chain of layers ({shapes})")
    source = transposes if straight is None else layer_arrays
    weights = [np.array(source[w], dtype=float) for w, _ in names]
    biases = [None if b is None else np.array(source[b], dtype=float).reshape(-1) for _, b in names]
    sentences = [*notes, ASSUMED, *([KERAS] if straight is None else [])]
    if norms:
        _fold(norms, names, weights, biases, arrays, file)
        sentences.append("BatchNorm is folded into the linear layer before it, with its running mean and variance.")
    reading = Reading(file, tuple(weights), tuple(biases), notes=tuple(sentences), from_file=True)
    return NamedLayers(reading, names, straight is None, bool(norms))


def _named(
    arrays: Mapping[str, np.ndarray], matrices: list[str], ordered: bool, unnamed: bool, file: str
) -> Names | None:
    """Return (weight name, bias name) of each layer, first layer first, or None where nothing fits."""
    if unnamed:
        return _in_sequence(arrays)
    vectors = [name for name, a in arrays.items() if a.ndim == 1]
    natural_order = tuple(sorted(matrices, key=_natural))
    likely = [tuple(matrices), natural_order] if ordered else [natural_order]
    fits = [chain for order in dict.fromkeys(likely) if (chain := _chain(order, vectors, arrays)) is not None]
    if len(fits) > 1 and len({re.sub(r"\d+", "", name) for name in matrices}) == 1:
        raise ModelError(
            f"{file}: the layers fit in the order in which they are stored ({', '.join(w for w, _ in fits[0])}) and in "
            f"that of their names ({', '.join(w for w, _ in fits[1])}); give the model itself, or rename them"
        )
    if fits:
        return fits[0]
    if len(matrices) > MOST_MATCHED:
        raise ModelError(
            f"{file} has {len(matrices)} weight matrices that form no chain in their order; at most {MOST_MATCHED} are "
            "matched by shapes alone"
        )
    matches = list(_matched(natural_order, vectors, arrays))
    if len(matches) > 1:
        raise ModelError(f"{file}: the shapes fit in more than one order; number the layers in their names")
    return matches[0] if matches else None


def _matched(numbered: tuple[str, ...], vectors: list[str], arrays: Mapping[str, np.ndarray]) -> Iterator[Names]:
    """Yield every order of the layers that the shapes allow."""
    for order in permutations(numbered):
        chain = _chain(order, vectors, arrays)
        if chain is not None:
            yield chain


def _chain(order: tuple[str, ...], vectors: list[str], arrays: Mapping[str, np.ndarray]) -> Names | None:
    """Return the names of the layers in this order, or None where neighbours do not fit or a bias is left over."""
    if any(arrays[b].shape[1] != arrays[a].shape[0] for a, b in pairwise(order)):
        return None
    biases = _match_biases(order, vectors, arrays)
    return None if biases is None else tuple(zip(order, biases, strict=True))


def _in_sequence(arrays: Mapping[str, np.ndarray]) -> Names | None:
    """Return the layers of arrays without names: each matrix has the bias that follows it."""
    names: list[tuple[str, str | None]] = []
    for name, array in arrays.items():
        if array.ndim == 2:
            if names and arrays[names[-1][0]].shape[0] != array.shape[1]:
                return None
            names.append((name, None))
        elif not names or names[-1][1] is not None or array.size != arrays[names[-1][0]].shape[0]:
            return None
        else:
            names[-1] = (names[-1][0], name)
    return tuple(names)


def _match_biases(
    order: tuple[str, ...], vectors: list[str], arrays: Mapping[str, np.ndarray]
) -> list[str | None] | None:
    """Return each layer's bias: the vector with the same stem, else the next one of the right length; None if odd.

    A vector that has the stem of another layer is that layer's.
    """
    free = sorted(vectors, key=_natural)
    stems = {_stem(name) for name in order}
    choices: list[str | None] = []
    for name in order:
        size = arrays[name].shape[0]
        same = [v for v in free if _stem(v) == _stem(name) and arrays[v].size == size]
        others = [v for v in free if arrays[v].size == size and _stem(v) not in stems]
        choice = next(iter(same or others), None)
        if choice is not None:
            free.remove(choice)
        choices.append(choice)
    return None if free else choices


def _without_norms(arrays: Mapping[str, np.ndarray], file: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the arrays of linear layers, and the stems of the BatchNorms beside them."""
    stems = [name.rsplit(".", 1)[0] for name in arrays if name.endswith(".running_mean")]
    inside = {f"{stem}.{part}" for stem in stems for part in (*STATISTICS, "weight", "bias")}
    missing = [stem for stem in stems if f"{stem}.running_var" not in arrays]
    if missing:
        raise ModelError(f"{file} holds {missing[0]}.running_mean without running_var")
    return {name: a for name, a in arrays.items() if name not in inside}, stems


def _fold(
    norms: list[str],
    names: Names,
    weights: list[np.ndarray],
    biases: list[np.ndarray | None],
    arrays: Mapping[str, np.ndarray],
    file: str,
) -> None:
    """Fold each BatchNorm of a Sequential that stands right after a linear layer into it.

    Raises:
        ModelError: its place among the layers cannot be seen.
    """
    places = {w.rsplit(".", 1)[0]: k for k, (w, _) in enumerate(names)}
    for stem in norms:
        head, _, number = stem.rpartition(".")
        before = f"{head}.{int(number) - 1}".lstrip(".") if number.isdigit() else ""
        if before not in places:
            raise ModelError(
                f"{file} holds a BatchNorm ({stem}); whether it acts before or after the activation cannot be seen in "
                "the weights: give the model itself in Python, reluscape.explain(model, X, y)"
            )
        k, size = places[before], len(arrays[f"{stem}.running_mean"])
        ones = np.ones(size)
        scale = arrays.get(f"{stem}.weight", ones) / np.sqrt(arrays[f"{stem}.running_var"] + EPSILON)
        shift = arrays.get(f"{stem}.bias", 0 * ones) - arrays[f"{stem}.running_mean"] * scale
        bias = biases[k]
        if len(weights[k]) != size or (bias is None and f"{stem}.bias" not in arrays):
            raise ModelError(f"{file}: the BatchNorm {stem} does not fit the layer before it")
        weights[k] = scale[:, None] * weights[k]
        biases[k] = shift + (0 if bias is None else scale * bias)


def _stem(name: str) -> str:
    """Return the part of a name that a layer's weight and bias share."""
    parts = re.split(r"[./]", name)
    return ".".join(parts[:-1]) if len(parts) > 1 else re.sub(r"\D", "", name)


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Return a key that sorts layer10 after layer2."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part]
