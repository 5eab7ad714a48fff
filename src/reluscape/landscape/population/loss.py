"""The population loss of a layer of ReLU units against a teacher, its gradient and its Hessian in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...critical.proof.arithmetic import FLOATS, Arithmetic
from ...errors import InputError, ShapeError
from ...numbers.checks import real_numbers
from .angles import angles_of
from .derivatives import first, kernel_sum, second

DOUBLES = Arithmetic(FLOATS)


def loss(W: Any, teacher: Any = None) -> float:
    """Return F(W), half the mean squared difference of two layers over standard normal inputs.

    F = (1/2) sum_ij f(w_i, w_j) - sum_ij f(w_i, v_j) + (1/2) sum_ij f(v_i, v_j) with the arc-cosine kernel
    f(w, v) = E relu(<w, x>) relu(<v, x>) = |w| |v| (sin t + (pi - t) cos t) / (2 pi), t the angle between w and v.

    Args:
        W: (n, d) weights of the student's units; their output weights are 1.
        teacher: (k, d) weights of the teacher's units; None stands for the d unit vectors.

    Raises:
        InputError: weights that are no finite numbers.
        ShapeError: not two matrices of d columns.

    Source: Cho and Saul 2009 (the kernel); Safran and Shamir 2018, section 2.

    Example:
        >>> loss([[1, 0], [0, 1]])
        0.0
        >>> round(loss([[0, 0]], teacher=[[2, 0]]), 12)  # half of E relu(2 x)^2
        1.0
    """
    W, V = layers(W, teacher)
    return max(
        kernel_sum(angles_of(W, W), DOUBLES) / 2
        - kernel_sum(angles_of(W, V), DOUBLES)
        + kernel_sum(angles_of(V, V), DOUBLES) / 2,
        0.0,
    )


def gradient(W: Any, teacher: Any = None) -> np.ndarray:
    """Return the gradient of F, (n, d).

    Unit i has sum_j g(w_i, w_j) - sum_j g(w_i, v_j) with g(w, v) = (|v| sin t w / |w| + (pi - t) v) / (2 pi).

    Args:
        W: (n, d) weights of the student's units, none of them zero.
        teacher: (k, d) weights of the teacher's units; None stands for the d unit vectors.

    Raises:
        InputError: a unit is zero, where F has no gradient.

    Source: Safran and Shamir 2018, section 4.1; Brutzkus and Globerson 2017.

    Example:
        >>> gradient([[2.0, 0.0]], teacher=[[1.0, 0.0]])
        array([[0.5, 0. ]])
    """
    W, V = layers(W, teacher)
    refuse_zero(W)
    return np.asarray(first(angles_of(W, W), angles_of(W, V), DOUBLES))


def hessian(W: Any, teacher: Any = None) -> np.ndarray:
    """Return the Hessian of F, (n d, n d), unit by unit.

    With a the part of v / |v| across w, as a unit vector, and b that of w / |w| across v: the second derivative of f in
    w is h1 = |v| sin t (I - w w^T / |w|^2 + a a^T) / (2 pi |w|), the mixed one in w and v is
    h2 = ((pi - t) I + sin t (w v^T / (|w| |v|) + a b^T)) / (2 pi). F is twice continuously differentiable wherever no
    unit is zero, parallel units included, where the terms with sin t vanish.

    Args:
        W: (n, d) weights of the student's units, none of them zero.
        teacher: (k, d) weights of the teacher's units; None stands for the d unit vectors.

    Raises:
        InputError: a unit is zero.

    Source: Safran and Shamir 2018, section 4.1.

    Example:
        >>> hessian([[2.0, 0.0]], teacher=[[1.0, 0.0]])
        array([[0.5, 0. ],
               [0. , 0.5]])
    """
    W, V = layers(W, teacher)
    refuse_zero(W)
    return np.asarray(second(angles_of(W, W), angles_of(W, V), DOUBLES))


def layers(W: Any, teacher: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the student's and the teacher's weights as doubles, checked."""
    student = _layer("W", W)
    V = np.eye(student.shape[1]) if teacher is None else _layer("teacher", teacher)
    if V.shape[1] != student.shape[1]:
        raise ShapeError(f"W has {student.shape[1]} columns and the teacher {V.shape[1]}; both see the same inputs")
    return student, V


def _layer(name: str, values: Any) -> np.ndarray:
    matrix = real_numbers(name, values)
    if matrix.ndim != 2 or not matrix.shape[1]:
        raise ShapeError(f"{name} has the shape {matrix.shape}; give one row for each unit, one column for each input")
    if not np.isfinite(matrix).all():
        raise InputError(f"{name} has an entry that is not finite")
    return matrix


def refuse_zero(W: np.ndarray) -> None:
    """Raise InputError where a unit is zero."""
    zero = np.flatnonzero(~W.any(axis=1))
    if len(zero):
        raise InputError(f"unit {zero[0]} is zero, where the population loss has no gradient; move it or leave it out")
