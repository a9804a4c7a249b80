"""docs/hooks.md names every hook with its parameters, and nothing that does not exist."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import get_args

import attrs
import pytest

import exporter
from exporter.context import ExportContext
from exporter.defaults import Defaults
from exporter.events import Stage
from exporter.hookspecs import Hooks
from exporter.testing import sample_source

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = (DOCS / "hooks.md").read_text(encoding="utf-8")
HOOKS = {
    name: list(inspect.signature(hook).parameters)[1:] for name, hook in vars(Hooks).items() if name.startswith("exporter_")
}
SECTIONS = re.findall(r"^### `(exporter_\w+)\((.*?)\)`\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
FIRST_ANSWER = {"exporter_query", "exporter_serialize", "exporter_package", "exporter_figure", "exporter_store"}


def test_every_hook_stands_there_in_the_order_of_a_run() -> None:
    assert [(name, parameters.split(", ")) for name, parameters, _ in SECTIONS] == list(HOOKS.items())


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, _, text in SECTIONS])
def test_every_parameter_is_explained(name: str, text: str) -> None:
    assert re.findall(r"^- `(\w+)`", text, re.MULTILINE) == HOOKS[name]
    assert re.search(r"^Answer: ", text, re.MULTILINE)
    assert text.strip().startswith("*First answer.*" if name in FIRST_ANSWER else "*All.*")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_no_page_names_a_hook_that_does_not_exist(page: Path) -> None:
    assert set(re.findall(r"(?:`|def )(exporter_[a-z]+)[`(]", page.read_text(encoding="utf-8"))) <= set(HOOKS)


def test_the_example_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {"exporter": exporter, "source": sample_source("biodiversity")})
    counts = json.loads((tmp_path / "traps.zip.report.json").read_text(encoding="utf-8"))["records"]["event"]
    assert (counts["rows"], counts["filtered"]) == (12, 12)  # the sample has other traps


def test_every_field_of_the_context_is_explained() -> None:
    table = PAGE.partition("## The context")[2].partition("## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [a.name for a in attrs.fields(ExportContext)]
    methods = {name for name, value in vars(ExportContext).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert set(re.findall(r"`ctx\.(\w+)\(", table)) - {"cancel", "report"} == methods


def test_stages_and_defaults_are_those_of_the_code() -> None:
    (notify,) = [text for name, _, text in SECTIONS if name == "exporter_notify"]
    assert set(get_args(Stage)) <= set(re.findall(r"`(\w+)`", notify))
    defaults = next(line for line in PAGE.splitlines() if line.startswith("1. core's defaults"))
    assert set(re.findall(r"exporter_\w+", defaults)) == {name for name in vars(Defaults) if name.startswith("exporter_")}


@pytest.mark.parametrize("hook", HOOKS)
def test_docstrings_name_every_parameter(hook: str) -> None:
    assert re.findall(r":param (\w+):", inspect.getdoc(getattr(Hooks, hook)) or "") == HOOKS[hook]
