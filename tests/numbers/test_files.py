"""Files are read whole, of bounded size, and never where a reader would wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reluscape.errors import InputError
from reluscape.numbers.files import read_limited, write_atomic


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert read_limited(tmp_path / "a", 10) == b"x" * 10
    with pytest.raises(InputError, match="more than 9 bytes"):
        read_limited(tmp_path / "a", 9)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a pipe"):
        read_limited(tmp_path / "pipe", 10)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_device_is_refused():
    with pytest.raises(InputError, match="a device"):
        read_limited("/dev/zero", 10)


def test_a_sparse_file_of_gigabytes_is_refused_by_its_size(tmp_path):
    with (tmp_path / "big").open("wb") as stream:
        stream.truncate(2**33)
    with pytest.raises(InputError, match="more than 1,000 bytes"):
        read_limited(tmp_path / "big", 1000)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800", "nowhere/at/all", "."])
def test_other_names_are_refused_in_words_that_can_be_printed(name, tmp_path):
    with pytest.raises(InputError) as caught:
        read_limited(tmp_path / name if "\0" not in name else f"{tmp_path}/{name}", 10)
    str(caught.value).encode("utf-8")
    assert "\0" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_file_never_takes_the_place_of_a_pipe_or_a_folder_also_behind_a_link(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, what in (("pipe", "a pipe"), ("folder", "a folder")):
        (tmp_path / f"link to {name}").symlink_to(tmp_path / name)
        for place in (tmp_path / name, tmp_path / f"link to {name}"):
            with pytest.raises(InputError, match=f"is {what}; give the name of a file"):
                write_atomic(place, "text")
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link to pipe").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link to folder", "link to pipe", "pipe"]
