"""Kernels: loops that run as plain Python until compiling them pays, and are compiled from then on.

Compiling a kernel takes seconds, plain Python takes some hundred times as long as compiled code; small data never need
what they would wait for. A kernel counts the steps that it was asked for, compiles where a call alone, or all together,
would take plain Python as long as the compiler, and compiles at once where an earlier run has left the code. Both ways
do the same operations, in the same order unless a kernel may take sums in any: which was taken shows in the last digits
at most.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, update_wrapper
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from . import kernelcache

# steps of plain Python in a second: one reads a number from an array, counts with it, and writes it
STEPS = 4e6
# threads that ask for a compiled kernel have the same one, which numba compiles once
_one_at_a_time = Lock()
# seconds that a kernel takes to compile where nothing else is said
USUAL = 2.5


class Kernel:
    """One function, plain and compiled: called from Python it takes the way that costs less.

    Attributes:
        plain: the function as it is written, unsigned integers where its signature has them; or an array program that
            returns the same and takes its place.
        work: takes the arguments of a call and returns about how many steps it is; None where only kernels call it.
        room: steps that plain Python may still do.
    """

    def __init__(
        self,
        plain: Callable[..., Any],
        work: Callable[..., float] | None,
        seconds: float,
        signature: str | None,
        options: dict[str, Any],
        arrays: Callable[..., Any] | None = None,
    ) -> None:
        self.plain = arrays or _with_unsigned(plain, signature)
        self.work, self.room = work, STEPS * seconds
        self._written, self._signature, self._options = plain, signature, options
        self._compiled: Any = None
        update_wrapper(self, plain)

    @property
    def compiled(self) -> Any:
        """The compiled function."""
        with _one_at_a_time:
            is_new = self._compiled is None
            if is_new:
                import numba

                # named before it is compiled, because a kernel may call itself
                self._compiled = numba.njit(**self._options)(self._written)
        if is_new:
            if not _stands_ready(self):
                while _waiting:
                    _waiting.pop()()
            if self._signature is not None and hasattr(self._compiled, "compile"):
                self._compiled.compile(self._signature)
                self._compiled.disable_compile()
        return self._compiled

    @property
    def is_ready(self) -> bool:
        """Whether a call takes compiled code without compiling any, or is to compile it whatever it costs."""
        return self._compiled is not None or bool(_at_once) or _stands_ready(self)

    @property
    def _numba_type_(self) -> Any:
        """What kernels that call this one are compiled with."""
        return self.compiled._numba_type_

    def __call__(self, *args: Any) -> Any:
        """Return what the function returns."""
        if self.work is None:
            return self.plain(*args)
        if self._compiled is not None:
            return self._compiled(*args)
        steps = self.work(*args)
        if steps > self.room or self.is_ready:
            return self.compiled(*args)
        self.room -= steps
        with np.errstate(all="ignore"):  # as compiled code: unsigned integers wrap, floats have infinities
            return self.plain(*args)


def unsigned_arguments(signature: str | None) -> frozenset[int]:
    """Return the places of the arguments that a signature says are one unsigned integer of 64 bits.

    >>> sorted(unsigned_arguments("void(uint32[:, ::1], uint64, int64, uint64)"))
    [1, 3]
    """
    flat = re.sub(r"\[.*?\]", "[]", signature or "")
    inside = re.search(r"\(([^()]*)\)$", flat)
    return frozenset(k for k, kind in enumerate(inside[1].split(",") if inside else []) if kind.strip() == "uint64")


def _with_unsigned(plain: Callable[..., Any], signature: str | None) -> Callable[..., Any]:
    """Return the function with 64 unsigned bits where compiled code has them.

    NumPy before 2 makes a float of a Python integer beside an unsigned one.
    """
    places = unsigned_arguments(signature)
    if not places:
        return plain
    return lambda *args: plain(*(np.uint64(a) if k in places else a for k, a in enumerate(args)))


def kernel(
    work: Callable[..., float], seconds: float = USUAL, signature: str | None = None, **options: Any
) -> Callable[[Callable[..., Any]], Kernel]:
    """Return a decorator for a function that Python calls.

    Args:
        work: takes the arguments and returns about how many steps of plain Python a call takes.
        seconds: about how long compiling takes, with all kernels that this one calls.
        signature: numba's types of arguments and result; without, the types of the first compiled call.
        options: of `numba.njit`, besides those of every kernel.
    """
    return lambda plain: Kernel(plain, work, seconds, signature, {**kernelcache.KERNEL, **options})


def inner(
    signature: str | None = None, arrays: Callable[..., Any] | None = None, **options: Any
) -> Callable[[Callable[..., Any]], Kernel]:
    """Return a decorator for a function that only kernels call.

    Args:
        signature: numba's types of arguments and result; without, those of each call.
        arrays: an array program that returns the same: a kernel that is not compiled takes it in place of the loops.
        options: of `numba.njit`, besides those of every such function.
    """
    return lambda plain: Kernel(plain, None, 0.0, signature, {**kernelcache.INNER, **options}, arrays)


# called before the first kernel is compiled
_waiting: list[Callable[[], None]] = []


def before_compiling(say: Callable[[], None]) -> None:
    """Have a function called once, before the next kernel is compiled."""
    _waiting[:] = [say]


# why every kernel is compiled at its first call, where anything does
_at_once: list[str] = []


def compile_at_once(reason: str) -> None:
    """Have this process compile every kernel at its first call: sums in any order differ in the last digits."""
    _at_once.append(reason)


def _stands_ready(one: Kernel) -> bool:
    """Return whether an earlier run has left the compiled code."""
    return f"{Path(one._written.__code__.co_filename).stem}.{one._written.__qualname__}" in left_by_earlier_runs()


@cache
def left_by_earlier_runs() -> frozenset[str]:
    """Return the kernels, "file.function", whose code lay where compiled code is kept as this process began."""
    place = os.environ.get(kernelcache.VARIABLE)
    files = (Path(place) if place else kernelcache.PACKAGE).rglob("*.nbi")
    return frozenset(path.name.partition("-")[0] for path in files)
