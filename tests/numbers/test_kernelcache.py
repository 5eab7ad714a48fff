"""Kernels of another version are forgotten, those of this one are kept."""

import os
import pickle
import tempfile

from reluscape.numbers import kernelcache
from reluscape.numbers.kernelcache import forget_cut, forget_other_versions


def test_kernels_of_another_version_are_deleted_once(tmp_path):
    room = tmp_path / "room" / "__pycache__"
    room.mkdir(parents=True)
    (tmp_path / "__pycache__").mkdir()
    names = ("kernel.nbi", "kernel.nbc", "module.pyc")
    for name in names:
        (room / name).touch()
    (tmp_path / "__pycache__" / "kernels-0.1").touch()
    forget_other_versions(tmp_path, "0.2")
    assert [path.name for path in room.iterdir()] == ["module.pyc"]
    assert [path.name for path in (tmp_path / "__pycache__").iterdir()] == ["kernels-0.2"]
    (room / "kernel.nbi").touch()
    forget_other_versions(tmp_path, "0.2")
    assert (room / "kernel.nbi").exists()
    forget_other_versions(tmp_path / "nowhere", "0.2")  # a place that cannot be written is left as it is
    assert not (tmp_path / "nowhere").exists()


def test_kernels_that_were_cut_are_deleted(tmp_path):
    whole = pickle.dumps(("index", 1))
    for name, content in {"whole.nbi": whole, "empty.nbi": b"", "cut.nbc": whole[:-3]}.items():
        (tmp_path / name).write_bytes(content)
    forget_cut(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["whole.nbi"]


def test_without_a_home_or_any_place_kernels_are_not_kept(monkeypatch):
    def none(*_, **__):
        raise FileNotFoundError("no usable temporary directory")

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    for name in (kernelcache.VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(kernelcache.Path, "home", homeless)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(tempfile, "mkdtemp", none)
    for options in ("KERNEL", "INNER"):
        monkeypatch.setattr(kernelcache, options, dict(getattr(kernelcache, options)))
    assert kernelcache.prepare() is True
    assert kernelcache.KERNEL["cache"] is kernelcache.INNER["cache"] is False
