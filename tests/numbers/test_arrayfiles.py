"""Files of arrays: whatever bytes they hold, floats by name or one ModelError."""

import contextlib
import io
import json
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import ModelError
from reluscape.problem.networks.array_files import npz_arrays, safetensors_arrays

ARRAYS = {"W": np.array([[1.0, -2.0]]), "b": np.array([0.5]), "v": np.array([3.0])}


def packed(compressed=False, **arrays):
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def with_header(text, data=b"\0" * 8):
    """Return an npz whose one array has this header."""
    head = text.encode() + b" " * (-(len(text) + 11) % 64) + b"\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("W.npy", b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + data)
    return buffer.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
@given(st.data())
def test_flipped_and_cut_bytes(compressed, data):
    whole = bytearray(packed(compressed, **ARRAYS))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    whole = whole[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else whole
    try:
        found = npz_arrays(bytes(whole), "model.npz")
    except ModelError:
        return
    assert all(a.dtype == float for a in found.values())


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000, 10000000000), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<c16', 'fortran_order': False, 'shape': (), }",
        "{'descr': '<V8', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), " + "(" * 300,
        "[" * 5000,
        "not a header",
    ],
)
def test_headers_that_promise_what_is_not_there(header):
    with pytest.raises(ModelError, match="not an npz file"):
        npz_arrays(with_header(header), "model.npz")


def test_encrypted_and_foreign_compression():
    whole = bytearray(packed(**ARRAYS))
    place, local = whole.find(b"PK\x01\x02"), whole.find(b"PK\x03\x04")
    for change, at in ((1, 8), (99, 10)):  # the flag of encryption, the method of compression
        other = bytearray(whole)
        other[place + at], other[local + at - 2] = change, change
        with pytest.raises(ModelError):
            npz_arrays(bytes(other), "model.npz")


@pytest.mark.parametrize("form", ["BF16", "F8_E4M3", "F8_E5M2", "F4", "C64", "nothing"])
def test_formats_of_safetensors_without_a_type_in_numpy(form):
    header = json.dumps({"W": {"dtype": form, "shape": [2], "data_offsets": [0, 4]}}).encode()
    with pytest.raises(ModelError) as caught:
        safetensors_arrays(len(header).to_bytes(8, "little") + header + b"\0" * 4, "m.safetensors")
    assert form in str(caught.value) or "not a readable" in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes(content):
    for read in (npz_arrays, safetensors_arrays):
        with contextlib.suppress(ModelError):
            assert isinstance(read(content, "model"), dict)


def test_a_pipe_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(tmp_path / "pipe.npz")
    for load in (rs.TwoLayerNet.load, rs.requ.ReQUNet.load):
        with pytest.raises(ModelError, match="pipe"):
            load(tmp_path / "pipe.npz")
