"""`exporter new-format`: which names it takes. That what it writes works, tests/test_writing_a_format.py tries."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from exporter.errors import InputError
from exporter.records import FAMILIES
from exporter.scaffold import KINDS, new_format, render


def test_everything_is_written(tmp_path: Path) -> None:
    folder = new_format("field-notes", tmp_path / "deep" / "here")
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == {"pyproject.toml", "README.md", "src/exporter_field_notes/__init__.py", "tests/test_conformance.py"}
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "exporter-field-notes"
    assert project["entry-points"] == {"exporter.formats": {"field-notes": "exporter_field_notes:FieldNotes"}}


@pytest.mark.parametrize("name", ["a", "x2", "class", "long-name-with-many-words", "darwin-core2"])
@pytest.mark.parametrize("family", FAMILIES)
def test_names_that_work(name: str, family: str) -> None:
    files = render(name, family)
    assert not [text for text in files.values() if "{{" in text]
    for path, text in files.items():
        if path.endswith(".py"):
            ast.parse(text)


def test_there_is_a_scaffold_for_each_family(tmp_path: Path) -> None:
    assert tuple(KINDS) == FAMILIES
    for name, kind in KINDS.items():
        folder = new_format("notes", tmp_path / name, name)
        assert f"--source {kind.sample}" in (folder / "README.md").read_text()
    with pytest.raises(InputError, match=r"There is no family 'visions'\. Did you mean 'vision'"):
        new_format("notes", tmp_path / "other", "visions")


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Hello", "hello"),
        ("my_format", "my-format"),
        ("MyFormat", "my-format"),
        ("sample:x", "sample-x"),
        ("a--b", "a-b"),
        ("../up", "up"),
        ("-x", "x"),
        ("3d", "d"),
        ("", "my-format"),
        ("écoute", "coute"),
        ("x\n", "x"),
    ],
)
def test_names_that_do_not(name: str, better: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be called") as caught:
        new_format(name, tmp_path / "plugin")
    assert caught.value.hint.endswith(f"new-format {better}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "owner"), [("dwca", "exporter-dwca"), ("core", "exporter-core"), ("sample", "exporter-sample")]
)
def test_names_that_are_taken(name: str, owner: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=owner) as caught:
        new_format(name, tmp_path / "plugin")
    assert caught.value.hint
    assert not list(tmp_path.iterdir())


def test_nothing_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert new_format("notes") == Path("exporter-notes")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(InputError, match=r"exporter-notes exists"):
        new_format("notes")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
