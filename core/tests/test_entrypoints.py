"""Our reading of entry points gives what the standard library's gives."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from exporter.entrypoints import EntryPoint, entry_points

GROUPS = ["exporter.formats", "exporter.sources", "exporter.extensions", "console_scripts", "pytest11", "there.is.none"]


def from_standard_library(group: str) -> list[EntryPoint]:
    points = [(p, p.dist) for p in metadata.entry_points(group=group)]
    return sorted(EntryPoint(p.name, p.value, p.group, d.name, d.version) for p, d in points if d is not None)


def distribution(place: Path, name: str, version: str, lines: str) -> None:
    folder = place / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not this\n")
    (folder / "entry_points.txt").write_text(lines)


@pytest.mark.parametrize("group", GROUPS)
def test_same_as_the_standard_library(group: str) -> None:
    assert sorted(entry_points(group)) == from_standard_library(group)


def test_odd_spellings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "# first\n[other]\nb = x:y\n\n[exporter.formats]\nodd=os.path:join\n  spaced  =  json : dumps [extra]\nplain = json\n"
    distribution(tmp_path, "Odd.Name", "2.0", lines)
    monkeypatch.syspath_prepend(str(tmp_path))
    ours = {p.name: p for p in entry_points("exporter.formats") if p.distribution == "Odd.Name"}
    theirs = {p.name: p for p in metadata.entry_points(group="exporter.formats") if p.dist and p.dist.name == "Odd.Name"}
    assert set(ours) == set(theirs) == {"odd", "spaced", "plain"}
    assert {name: p.load() for name, p in ours.items()} == {name: p.load() for name, p in theirs.items()}


def test_first_on_the_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, version in (("late", "1.0"), ("early", "2.0")):
        distribution(tmp_path / place, "twice", version, "[exporter.formats]\ntwice = json:dumps\n")
        monkeypatch.syspath_prepend(str(tmp_path / place))
    found = [p.version for p in entry_points("exporter.formats") if p.name == "twice"]
    assert found == ["2.0"] == [p.version for p in from_standard_library("exporter.formats") if p.name == "twice"]


def test_what_lies_in_a_zip_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distribution(tmp_path / "unpacked", "zipped", "3.1", "[exporter.formats]\nzipped = json:dumps\n")
    with zipfile.ZipFile(tmp_path / "zipped-3.1-py3-none-any.whl", "w") as wheel:
        for file in (tmp_path / "unpacked").rglob("*"):
            if file.is_file():
                wheel.write(file, file.relative_to(tmp_path / "unpacked").as_posix())
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "zipped-3.1-py3-none-any.whl")])
    assert [(p.distribution, p.version) for p in entry_points("exporter.formats") if p.name == "zipped"] == [
        ("zipped", "3.1")
    ]
