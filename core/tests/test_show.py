"""What the terminal says of a preview at its end."""

from __future__ import annotations

import pytest

from exporter.cli.show import show_preview
from exporter.report import Finding, Report


@pytest.mark.parametrize(
    ("levels", "end"),
    [
        ([], ""),
        (["warning"], ""),
        (["error"], "A run would stop at 1 finding of level error; --keep-going publishes all the same."),
        (["error", "info", "error"], "A run would stop at 2 findings of level error; --keep-going publishes all the same."),
    ],
)
def test_a_preview_says_whether_a_run_would_stop(capsys: pytest.CaptureFixture[str], levels: list[str], end: str) -> None:
    findings = [Finding(level, f"CODE_{i}", "Something.", 1) for i, level in enumerate(levels)]  # type: ignore[arg-type]
    show_preview(Report(format="dwca", title="Darwin Core Archive", source="traps", findings=findings))
    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    assert (last == end) if end else "would stop" not in last
