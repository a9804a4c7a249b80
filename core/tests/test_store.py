"""A reader of the output's place sees the whole artifact, or what was there before, whatever happens in between."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from exporter import store
from exporter.errors import InputError
from exporter.store import publish, refuse_existing, report_path, write_report


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A packaged file, in scratch beside the output."""
    made = tmp_path / ".exporter-x" / "artifact"
    made.parent.mkdir()
    made.write_bytes(b"new")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A packaged folder."""
    made = tmp_path / ".exporter-x" / "artifact"
    (made / "images").mkdir(parents=True)
    (made / "images" / "b.jpg").write_bytes(b"picture")
    (made / "a.txt").write_bytes(b"new")
    return made


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


# --- files


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_published_under_its_digest(tmp_path: Path, file: Path, force: bool) -> None:
    artifact = publish(file, tmp_path / "out.zip", force=force)
    assert (tmp_path / "out.zip").read_bytes() == b"new"
    assert not file.exists()
    assert (artifact.path, artifact.bytes) == (tmp_path / "out.zip", 3)
    assert artifact.sha256 == hashlib.sha256(b"new").hexdigest()
    assert (tmp_path / "out.zip").stat().st_nlink == 1


def test_a_file_that_came_meanwhile_is_never_replaced(tmp_path: Path, file: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"theirs")
    with pytest.raises(InputError, match="has come into being meanwhile"):
        publish(file, tmp_path / "out.zip", force=False)
    assert (tmp_path / "out.zip").read_bytes() == b"theirs"


def test_force_replaces_a_file_in_one_move(tmp_path: Path, file: Path) -> None:
    output = tmp_path / "out.zip"
    output.write_bytes(b"old")
    reader = output.open("rb")
    publish(file, output, force=True)
    assert output.read_bytes() == b"new"
    with reader:
        assert reader.read() == b"old"  # who was reading goes on with what was there


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links, such as FAT."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("no_links")
def test_without_links_a_file_is_renamed(tmp_path: Path, file: Path) -> None:
    publish(file, tmp_path / "out.zip", force=False)
    assert (tmp_path / "out.zip").read_bytes() == b"new"


@pytest.mark.usefixtures("no_links")
def test_without_links_nothing_is_replaced_either(tmp_path: Path, file: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"theirs")
    with pytest.raises(InputError, match="has come into being meanwhile"):
        publish(file, tmp_path / "out.zip", force=False)
    assert (tmp_path / "out.zip").read_bytes() == b"theirs"


def test_bytes_are_on_the_disk_before_the_name_is(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut may leave the old or the new, never a name with half the bytes."""
    steps: list[str] = []

    def sync(path: Path) -> None:
        steps.append(f"sync {path.name}, output {'there' if (tmp_path / 'out.zip').exists() else 'not there'}")

    monkeypatch.setattr(store, "_sync", sync)
    publish(file, tmp_path / "out.zip", force=False)
    assert steps == ["sync artifact, output not there", f"sync {tmp_path.name}, output there"]


# --- folders


def test_a_folder_is_published_whole(tmp_path: Path, folder: Path) -> None:
    artifact = publish(folder, tmp_path / "out", force=False)
    assert names(tmp_path / "out") == ["a.txt", "images", "images/b.jpg"]
    assert artifact.bytes == len(b"new") + len(b"picture")
    lines = [f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in (("a.txt", b"new"), ("images/b.jpg", b"picture"))]
    assert artifact.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_force_replaces_a_folder_and_nothing_of_the_old_stays(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_bytes(b"old")
    publish(folder, tmp_path / "out", force=True)
    assert names(tmp_path / "out") == ["a.txt", "images", "images/b.jpg"]
    assert names(folder.parent) == []


def test_a_folder_that_came_meanwhile_is_never_replaced(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "theirs.txt").write_bytes(b"theirs")
    with pytest.raises(InputError, match="has come into being meanwhile"):
        publish(folder, tmp_path / "out", force=False)
    assert names(tmp_path / "out") == ["theirs.txt"]


def test_the_old_folder_comes_back_when_the_new_one_cannot_be_placed(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there lies in scratch for a moment, and scratch is removed."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_bytes(b"old")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self == folder:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="Input/output"):
        publish(folder, tmp_path / "out", force=True)
    assert names(tmp_path / "out") == ["old.txt"]


# --- what is refused at the start


def test_an_output_that_exists_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "out.zip"
    output.write_bytes(b"old")
    with pytest.raises(InputError, match="exists"):
        refuse_existing(output, force=False)
    refuse_existing(output, force=True)


def test_a_folder_of_the_users_is_refused_even_with_force(tmp_path: Path) -> None:
    output = tmp_path / "photos"
    output.mkdir()
    refuse_existing(output, force=True)  # an empty one is nothing to lose
    (output / "only-copy.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match="no export made"):
        refuse_existing(output, force=True)
    report_path(output).write_text("{}")
    refuse_existing(output, force=True)


def test_a_folder_that_is_missing_or_closed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        refuse_existing(tmp_path / "nowhere" / "out.zip", force=False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="cannot be written to"):
        refuse_existing(tmp_path / "out.zip", force=False)


# --- the report


def test_the_report_lies_beside_the_artifact(tmp_path: Path, file: Path) -> None:
    publish(file, tmp_path / "out.zip", force=False)
    path = write_report('{"rows": 1}', tmp_path / "out.zip", file.parent)
    assert path == tmp_path / "out.zip.report.json"
    assert json.loads(path.read_text()) == {"rows": 1}
    assert names(file.parent) == []


def test_a_report_that_cannot_be_written_says_that_the_artifact_is_there(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(file, tmp_path / "out.zip", force=False)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(
        InputError, match="is whole and published, but its report could not be written: No space left on device"
    ):
        write_report("{}", tmp_path / "out.zip", file.parent)
