"""Rules, scope and filters hold for tables of one record as they do for archives."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter import Rule
from exporter.lookup import find_source


def rows(tmp_path: Path, **words: Any) -> tuple[list[dict[str, str]], Any]:
    result = exporter.run(
        format="csv", source=find_source("sample:insects?occurrences=200"), output=tmp_path / "a.csv", **words
    )
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), result.report


class Private:
    """A rule on occurrences: those of one family stay at home."""

    def exporter_rules(self, records: Any) -> list[Rule]:
        columns = records["occurrence"].columns
        return [Rule("occurrence", "PRIVATE", "Stays at home.", where=columns["family"] == "Noctuidae")]


def test_a_rule_holds_for_what_belongs_to_its_rows(tmp_path: Path) -> None:
    every, _ = rows(tmp_path, options={"record": "media"})
    secret = {
        row["occurrence_id"]
        for row in rows(tmp_path, force=True, options={"record": "occurrence"})[0]
        if row["family"] == "Noctuidae"
    }
    left, report = rows(tmp_path, force=True, options={"record": "media"}, plugins=[Private()])
    assert secret
    assert [r for r in every if r["occurrence_id"] not in secret] == left
    assert [f.count for f in report.findings if f.code == "OCCURRENCE_LEFT_OUT"] == [len(every) - len(left)]


@pytest.mark.parametrize(("record", "filters"), [("event", {"taxa": "Noctuidae"}), ("taxon", {"verified": True})])
def test_a_filter_without_effect_is_refused(tmp_path: Path, record: str, filters: dict[str, Any]) -> None:
    with pytest.raises(exporter.InputError, match="does not depend on it"):
        rows(tmp_path, options={"record": record}, filters=filters)
    assert not list(tmp_path.iterdir())
