"""Kernels of another version are forgotten, those of this one are kept."""

from reluscape.kernelcache import forget_other_versions


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
