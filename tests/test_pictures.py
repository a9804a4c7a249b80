"""The pictures of the manual: each that a page names is there and described, each that is there is named, and none is large."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from .test_repository import tracked_files

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
NAMED = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)|<img\b[^>]*\bsrc=\"([^\"]+)\"", re.DOTALL)
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def named() -> list[tuple[Path, str, Path]]:
    """The pictures that pages name: the page, what it says of the picture, and the file."""
    found = []
    for page in tracked_files():
        if page.suffix == ".md":
            text = CODE.sub("", page.read_text(encoding="utf-8"))
            found += [(page, alt, page.parent / (file or source)) for alt, file, source in NAMED.findall(text)]
    return found


def test_every_picture_that_a_page_names_is_there_and_described() -> None:
    assert not [f"{page.relative_to(ROOT)}: {file.name}" for page, _, file in named() if not file.is_file()]
    assert not [f"{page.relative_to(ROOT)}: {file.name}" for page, alt, file in named() if len(alt.split()) < 5]


def test_every_picture_is_named_by_a_page() -> None:
    files = {file.resolve() for _, _, file in named()}
    assert files
    assert set(PICTURES.iterdir()) == {file for file in files if file.parent == PICTURES}


def test_pictures_are_small() -> None:
    sizes = {file.name: file.stat().st_size for file in PICTURES.iterdir()}
    assert not {name: size for name, size in sizes.items() if size > 150_000}
    assert sum(sizes.values()) < 1_000_000
    for file in PICTURES.iterdir():
        with Image.open(file) as picture:
            assert (picture.mode, picture.width) == ("P", 900)


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_manual", ROOT / "scripts" / "draw_manual.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_draws_all_of_them(script: ModuleType) -> None:
    drawn = {*script.SHEETS, *script.PAGES, "pdf-scripts", "annotations-figure"}
    assert drawn == {file.stem for file in PICTURES.iterdir()}


def test_a_page_loses_its_paper_and_its_foot(script: ModuleType) -> None:
    page = Image.new("RGB", (1000, 1500), "white")
    page.paste((0, 0, 0), (100, 200, 300, 400))
    page.paste((0, 0, 0), (100, 1490, 900, 1495))  # the number of the page
    assert script._trimmed(page).size == (240, 240)
