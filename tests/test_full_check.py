"""What a run proves of an archive while it writes it, `exporter check` finds by reading all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import exporter


@pytest.mark.parametrize("options", [{}, {"core": "occurrence"}, {"events": "with-occurrences"}], ids=str)
@pytest.mark.parametrize("filters", [{}, {"verified": True}], ids=str)
def test_the_sample_insects(tmp_path: Path, options: dict[str, Any], filters: dict[str, Any]) -> None:
    words: dict[str, Any] = {"source": "sample:insects?occurrences=12000", "options": options, "filters": filters}
    result = exporter.run(format="dwca", output=tmp_path / "insects.zip", **words)
    assert {p["name"] for p in result.report.parts if p["sound"]} == {
        p["name"] for p in result.report.parts if p["name"].endswith(".txt")
    }
    assert exporter.check(tmp_path / "insects.zip") == []
