import sys
from pathlib import Path

import pytest

from exporter import store
from exporter.store import publish


@pytest.mark.parametrize("before", ["file", "folder", "nothing"])
@pytest.mark.parametrize("made", ["file", "folder"])
@pytest.mark.parametrize("way", ["in one step", "in two"])
def test_what_is_made_takes_the_place_of_what_was_there(
    before: str, made: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "in two":
        monkeypatch.setattr(store, "_exchanged", lambda *_: False)
    (tmp_path / "scratch").mkdir()
    for kind, path in ((before, tmp_path / "out"), (made, tmp_path / "scratch" / "artifact")):
        if kind == "folder":
            path.mkdir()
        if kind != "nothing":
            (path / "one.txt" if kind == "folder" else path).write_text(f"{path.name} {kind}")
    publish(tmp_path / "scratch" / "artifact", tmp_path / "out", force=True)
    found = tmp_path / "out" / "one.txt" if made == "folder" else tmp_path / "out"
    assert found.read_text() == f"artifact {made}"
    assert not (tmp_path / "scratch" / "artifact").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders in one step")
def test_there_is_no_moment_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks while the old one is put away finds the new one."""
    seen = []
    for folder in ("scratch/artifact", "out"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "one.txt").write_text(folder)
    rename = Path.rename

    def looked(path: Path, target: Path) -> Path:
        seen.append((tmp_path / "out" / "one.txt").read_text())
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", looked)
    publish(tmp_path / "scratch" / "artifact", tmp_path / "out", force=True)
    assert seen == ["scratch/artifact"]
