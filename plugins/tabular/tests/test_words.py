"""Options, aliases and what is refused before anything is read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Engine

import exporter
from exporter.errors import InputError
from exporter.records.biodiversity import FAMILY
from exporter.rules import Rule
from exporter_tabular.flat import COLUMNS

from .host import export, read_csv, read_json, records, source


def test_aliases(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = exporter.run(format="occurrences_simple_csv", source=source(sqlite))
    assert result.artifact is not None
    assert result.artifact.path.name == "host.csv"
    assert tuple(read_csv(result.artifact.path)[0]) == COLUMNS
    result = exporter.run(format="occurrences_api_json", source=source(sqlite))
    assert result.artifact is not None
    assert result.artifact.path.name == "host.json"
    assert "detections" in read_json(result.artifact.path)[0]
    assert result.report.options == {"layout": "occurrences", "headers": "fields"}


def test_the_record_by_default(sqlite: Engine, tmp_path: Path) -> None:
    _, report = export(tmp_path, "csv", source(sqlite))
    assert (report.options["record"], list(report.records)) == ("occurrence", ["occurrence"])
    _, report = export(tmp_path, "csv", source(sqlite, records={"event": records()["event"]}))
    assert report.options["record"] == "event"
    with pytest.raises(InputError, match=r"Which record\? Source 'host' provides event, media\."):
        export(tmp_path, "csv", source(sqlite, records={n: records()[n] for n in ("event", "media")}))


@pytest.mark.parametrize(
    ("format", "options", "message"),
    [
        ("csv", {"record": "occurence"}, "no biodiversity record 'occurence'. Did you mean 'occurrence'"),
        (
            "csv",
            {"record": "measurement"},
            "provides no record 'measurement'; it provides: event, occurrence, identification, media",
        ),
        ("csv", {"record": "event", "layout": "occurrences"}, "'record' .* goes with the layout 'record'"),
        ("json", {"record": "event", "layout": "occurrences"}, "'record' .* goes with the layout 'record'"),
        ("csv", {"headers": "terms", "layout": "occurrences"}, "names of their own; the option 'headers'"),
        ("csv", {"layout": "occurrence"}, "Did you mean 'occurrences'"),
        ("csv", {"delimiter": "|"}, "comma"),
        ("json", {"delimiter": "tab"}, "There is no option 'delimiter'"),
        ("jsonl", {"sanitize": False}, "There is no option 'sanitize'"),
    ],
)
def test_refused(sqlite: Engine, tmp_path: Path, format: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        export(tmp_path, format, source(sqlite), options=options)
    assert not list(tmp_path.glob("out*"))


def test_other_families(sqlite: Engine, tmp_path: Path) -> None:
    other = attrs.evolve(FAMILY, name="insects", counted_by=None)
    given = source(sqlite, family=other, records={"event": records()["event"]})
    path, _ = export(tmp_path, "csv", given)
    assert len(read_csv(path)) == 3
    with pytest.raises(InputError, match="The layout 'occurrences' writes biodiversity; source 'host' provides insects"):
        export(tmp_path, "csv", given, options={"layout": "occurrences"})
    with pytest.raises(InputError, match="provides no record that 'csv' writes: occurrence"):
        export(tmp_path, "csv", source(sqlite, records={"event": records()["event"]}), options={"layout": "occurrences"})


class _Rules:
    def exporter_rules(self, records: Any) -> list[Rule]:
        row = records["occurrence"]
        return [Rule("occurrence", "SECRET", "Nobody may see it.", where=row.columns["occurrence_id"] == "find-1")]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_a_rule_leaves_out_does_not_appear(sqlite: Engine, tmp_path: Path, format: str) -> None:
    for layout in ("record", "occurrences"):
        path, report = export(tmp_path, format, source(sqlite), layout, plugins=[_Rules()], options={"layout": layout})
        assert "find-1" not in path.read_text()
        assert (report.records["occurrence"].written, report.records["occurrence"].left_out) == (3, 1)


def test_formats_are_light() -> None:
    code = (
        "import json, sys; from exporter_tabular.format import Csv, Json, JsonLines\n"
        "print(json.dumps([m for m in ('sqlalchemy', 'lxml', 'orjson') if m in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []


def test_listed() -> None:
    found = {f.name: f for f in exporter.formats()}
    for name in ("csv", "json", "jsonl"):
        assert found[name].error == ""
        assert found[name].plugin.family is None
