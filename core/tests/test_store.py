from pathlib import Path

import pytest

from exporter.store import publish


@pytest.mark.parametrize("before", ["file", "folder", "nothing"])
@pytest.mark.parametrize("made", ["file", "folder"])
def test_what_is_made_takes_the_place_of_what_was_there(before: str, made: str, tmp_path: Path) -> None:
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
