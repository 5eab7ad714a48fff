import json

import pytest

from reluscape.cli import main


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main(["figure", *map(str, words)])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


def test_list_names_every_figure(capsys):
    status, out, _ = run(capsys, "--list")
    assert status == 0
    names = [line.split()[0] for line in out.splitlines()]
    assert names[:3] == ["karhadkar-1", "karhadkar-2", "karhadkar-3a"]
    assert len(set(names)) == len(names)


def test_a_figure_is_drawn_and_its_caption_told(tmp_path, capsys):
    status, out, err = run(capsys, "liu-2", "--quick", "--out", tmp_path / "new")
    assert (status, err) == (0, "")
    assert (tmp_path / "new" / "liu-2.png").exists()
    caption = json.loads((tmp_path / "new" / "liu-2.json").read_text())["caption"]
    assert " ".join(caption.split()) in " ".join(out.split())
    assert "Quick: coarser grid." in caption


def test_faults_are_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for words, message in [
        ([], "which figure?"),
        (["karhadkar-9"], "near it: karhadkar-"),
        (["zzz"], "see --list"),
        (["liu-2", "--format", "gif"], "choose png, svg, pdf"),
        (["liu-2", "--out", tmp_path / "file" / "x"], "cannot make the folder"),
    ]:
        status, out, err = run(capsys, *words)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert message in err
