"""What is named to begin with belongs to the family of the format, and is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exporter import InputError, registry
from exporter.cli import listing
from exporter.cli.main import exporter
from exporter.lookup import find_source


@pytest.mark.parametrize(
    ("family", "named"),
    [
        ("vision", "--family vision`, or try --source sample:street from"),
        ("takeoff", "--family takeoff`, or try --source sample:house from"),
        ("biodiversity", "--family biodiversity`, or try --source sample:insects from"),
        (
            None,
            "--family biodiversity` (or vision or takeoff), or try --source sample:insects or sample:street or sample:house from",
        ),
    ],
)
@pytest.mark.parametrize("name", [None, "nothing"])
def test_the_hint_is_of_the_family(
    name: str | None, family: str | None, named: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        find_source(name, family=family)
    assert named in refused.value.hint


def _listed(*formats: tuple[str, str | None, str], title: str = "") -> list[dict[str, Any]]:
    return [{"name": name, "family": family, "error": error, "title": title} for name, family, error in formats]


@pytest.mark.parametrize(
    ("formats", "tried"),
    [
        (_listed(("coco", "vision", ""), ("dwca", "biodiversity", "")), "run --format dwca --source sample:insects"),
        (_listed(("coco", "vision", ""), ("csv", None, "")), "run --format coco --source sample:street"),
        (_listed(("xlsx", "takeoff", ""), ("csv", None, "")), "run --format xlsx --source sample:house"),
        (_listed(("coco", "vision", "ImportError"), ("csv", None, "")), "run --format csv --source sample:insects"),
        (_listed(("own", "of my own", "")), None),
        (
            [*_listed(("dwc-dp", "biodiversity", ""), title="DwC-DP, experimental"), *_listed(("dwca", "biodiversity", ""))],
            "run --format dwca --source sample:insects",
        ),
        ([], None),
    ],
)
def test_a_command_to_begin_with_is_of_a_format_that_is_installed(formats: list[dict[str, Any]], tried: str | None) -> None:
    assert next(iter(listing._first_steps(formats)), None) == tried


def test_every_command_to_begin_with_names_what_is_there() -> None:
    pytest.importorskip("exporter_sample")
    formats = [listing._format(each) for each in registry.installed(registry.FORMATS)]
    steps = listing._first_steps(formats)
    assert len(steps) == len(formats)
    for words in steps:
        _, _, name, _, source = words.split()
        family = next(each["family"] for each in formats if each["name"] == name)
        assert family in (None, find_source(source).family.name)


def test_help_leads_to_it() -> None:
    assert "`exporter formats`" in CliRunner().invoke(exporter, ["--help"]).output
    pytest.importorskip("exporter_sample")
    assert "\nTry: exporter run --format " in CliRunner().invoke(exporter, ["formats"]).output
