"""Files of arrays by name, npz and safetensors: of bounded size, of real numbers only, and nothing is unpickled."""

from __future__ import annotations

import io
import json
import zipfile
from math import prod
from pathlib import Path

import numpy as np

from ...errors import InputError, ModelError
from ...numbers import files

REAL = "biuf"
# formats of safetensors that numpy has no type for
FOREIGN = ("BF16", "F8_", "F4", "F6_")
MOST_SAID = 120


def read_npz(path: str | Path) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file as floats, by name.

    Raises:
        ModelError: no such file, or what `npz_arrays` refuses.
    """
    try:
        content = files.read_limited(path)
    except InputError as problem:
        raise ModelError(str(problem)) from None
    return npz_arrays(content, files.shown(Path(path).name))


def npz_arrays(content: bytes, file: str) -> dict[str, np.ndarray]:
    """Return the arrays in the bytes of an npz file as floats, by name.

    Raises:
        ModelError: no npz of plain arrays of real numbers, or damaged, encrypted, or larger than it says.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(info.file_size for info in members) > files.MOST_BYTES:
                raise ValueError("its arrays are larger than any network")
            for info in members:
                _check_header(archive, info)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: _real(name, arrays[name]) for name in arrays.files}
    except Exception as problem:  # zipfile, zlib and numpy raise many kinds on bytes that are not theirs
        raise ModelError(
            f"{file} is not an npz file of plain arrays ({_told(problem)}); save with .save(path) or numpy.savez"
        ) from None


def safetensors_arrays(content: bytes, file: str) -> dict[str, np.ndarray]:
    """Return the arrays in the bytes of a safetensors file as floats, by name.

    Raises:
        ModelError: no safetensors file, or a format of numbers that numpy lacks.
    """
    from safetensors.numpy import load

    foreign = _foreign(content)
    if foreign is not None:
        raise ModelError(
            f"{file} stores {foreign[0]!r} as {foreign[1]}; save it as float32 first, "
            "{name: t.float() for name, t in model.state_dict().items()}"
        )
    try:
        return {name: _real(name, array) for name, array in load(content).items()}
    except Exception as problem:  # a library in another language raises kinds of its own
        raise ModelError(f"{file} is not a readable safetensors file ({_told(problem)})") from None


def _check_header(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Refuse a member whose header promises more numbers than there are."""
    with archive.open(info) as stream:
        version = np.lib.format.read_magic(stream)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(stream)
    if prod(shape) * dtype.itemsize > info.file_size:
        raise ValueError(f"{info.filename} promises more numbers than it holds")


def _real(name: str, array: np.ndarray) -> np.ndarray:
    """Return an array of real numbers as floats."""
    if array.dtype.kind not in REAL:
        raise ValueError(f"{name} holds {array.dtype}, not real numbers")
    return np.asarray(array, dtype=float)


def _foreign(content: bytes) -> tuple[str, str] | None:
    """Return the first tensor whose format numpy lacks, with the name of the format; None where all can be read."""
    try:
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        formats = {name: entry["dtype"] for name, entry in header.items() if name != "__metadata__"}
        return next(((n, form) for n, form in formats.items() if form.startswith(FOREIGN)), None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _told(problem: Exception) -> str:
    """Return what a foreign library says, in a few words."""
    text = " ".join(str(problem).split())[:MOST_SAID]
    return text or type(problem).__name__
