"""docs/failures.md, row by row: each is provoked, on the real command line where that can be."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from . import (  # noqa: F401 - they register
    failures_compare,
    failures_data,
    failures_databases,
    failures_extensions,
    failures_figures,
    failures_files,
    failures_packages,
    failures_plugins,
    failures_sensitive,
    failures_takeoff,
    failures_takeoff_asked,
    failures_vision,
    failures_vision_words,
    failures_words,
)
from .failures_kit import PROVOCATIONS, Desk, Row, holds, page_rows

ROWS = page_rows()


def test_every_row_is_provoked_and_every_provocation_has_its_row() -> None:
    named = [row.id for row in ROWS]
    assert len(named) == len(set(named))
    assert set(named) == set(PROVOCATIONS)


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_failure(row: Row, tmp_path: Path) -> None:
    with ExitStack() as stack:
        found = PROVOCATIONS[row.id](Desk(tmp_path, stack))
        outcomes = found if isinstance(found, list) else [found]
        assert outcomes
        for outcome in outcomes:
            holds(row, outcome)
