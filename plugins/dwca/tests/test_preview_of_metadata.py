"""A preview tells what the description of the data set lacks, as the run will."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

import exporter

from .traps import DATASET, source


def test_what_is_lacking_is_told(sqlite: Engine, tmp_path: Path) -> None:
    given = source(sqlite, documents={"dataset": {"title": "Moths", "contacts": DATASET["contacts"]}})
    told = {f.code: f.level for f in exporter.preview(format="dwca", source=given).report.findings if f.part == "eml.xml"}
    assert told["LICENSE_MISSING_OR_UNKNOWN"] == "error"
    assert {"TITLE_MISSING_OR_TOO_SHORT", "DESCRIPTION_MISSING_OR_TOO_SHORT"} <= told.keys()
    with pytest.raises(exporter.ExporterError) as caught:
        exporter.run(format="dwca", source=given, output=tmp_path / "a.zip")
    found = {f.code: f.count for f in caught.value.report.findings if f.part == "eml.xml"}  # type: ignore[attr-defined]
    assert found == dict.fromkeys(told, 1)
