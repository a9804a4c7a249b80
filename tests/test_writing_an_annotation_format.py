"""docs/writing-an-annotation-format.md does what it says; so does `exporter new-format --family vision`."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageOps

from .machine import Machine, blocks, files_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "writing-an-annotation-format.md"
FILES = {"src/exporter_voc/__init__.py": "python", "pyproject.toml": "toml", "tests/test_voc.py": "python"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_page_works(machine: Machine) -> None:
    folder = machine.home / "exporter-voc"
    for path, content in files_of(PAGE, FILES).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    (commands,) = blocks(PAGE, "sh")
    for line in commands.splitlines():
        machine.run(line)
    assert (machine.home / "street.png").stat().st_size > 10_000
    assert (machine.home / "val.png").stat().st_size > 10_000
    report = json.loads((machine.home / "street.zip.report.json").read_text())
    assert [f for f in report["findings"] if f["level"] == "error"] == []
    assert report["records"]["image"]["written"] == 60
    holds_together(machine.home / "cars")


def holds_together(folder: Path) -> None:
    """Each image is in one list, has an XML file with cars alone, and a file of the size that is said there."""
    listed = [line for file in (folder / "ImageSets/Main").iterdir() for line in file.read_text().splitlines()]
    documents = {file.stem: ElementTree.parse(file).getroot() for file in (folder / "Annotations").iterdir()}
    assert sorted(listed) == sorted(documents)
    assert {each.text for tree in documents.values() for each in tree.iter("name")} == {"car"}
    assert all(tree.find("object") is not None for tree in documents.values())
    assert not (folder / "JPEGImages").exists()


def test_new_format_writes_a_plugin_that_works(machine: Machine) -> None:
    """Of the plugin that `new-format` writes: it installs, passes its tests, and exports."""
    printed = machine.run("exporter new-format picture-notes --family vision")
    for line in [line.strip() for line in printed.splitlines()[1:]]:
        machine.run(line)
    readme = (machine.home / "exporter-picture-notes/README.md").read_text()
    assert "sample:street" in readme
    assert "insects" not in readme
    machine.run(
        "exporter run --format picture-notes --source sample:street --include-images --packaging folder --output out"
    )
    files = sorted((machine.home / "out/annotations").rglob("*.json"))
    assert len(files) == 60
    for file in files:
        about = json.loads(file.read_text())
        with Image.open(machine.home / "out/images" / about["image"]) as image:
            assert ImageOps.exif_transpose(image).size == (about["width"], about["height"])


def test_what_is_called_stable_is_there() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (`.*`) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 10
    for module, names in rows:
        found = import_module(f"exporter.vision.{module}")
        assert [name for name in re.findall(r"`(\w+)`", names) if not hasattr(found, name)] == []


def test_the_format_is_short() -> None:
    assert len(files_of(PAGE, FILES)["src/exporter_voc/__init__.py"].splitlines()) <= 130
