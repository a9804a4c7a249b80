"""What the command line answers to words that do not fit: what is wrong, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from exporter.cli.main import exporter
from exporter.errors import ExporterError

WORDS = {
    "--format csv --group-by scope": "The format 'csv' has no option --group-by; these have: excel, pdf.\n"
    "`exporter run --format csv --help` lists those of 'csv'.",
    "--format csv --no-plans": "The format 'csv' has no option --no-plans; these have: pdf.\n"
    "`exporter run --format csv --help` lists those of 'csv'.",
    "--group-by scope": "--group-by is an option of formats: excel, pdf.\nGive --format, too.",
    "--format xlsx": "There is no format 'xlsx'; such files are made by: excel.",
    "--format csv --filter job=x": "There is no filter 'job' for takeoff or source 'house'.\nKnown filters: ai_generated, areas,",
    "--format csv --filter verifed=x": "Did you mean 'verified'?\nKnown filters: ai_generated, areas,",
    "--format excel --group-by division": "takes none|category|scope|building|area|elevation, not 'division'.",
    "--format excel --group-by scop": "not 'scop' (Did you mean 'scope'?).",
    "--format csv --output -": "An artifact is published as a whole, not printed: '-' is no output.",
}


@pytest.mark.parametrize("words", WORDS)
def test_an_answer_names_what_would_be_right(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(exporter, ["run", "--source", "sample:house", *words.split()])
    assert isinstance(ran.exception, ExporterError)
    assert WORDS[words] in str(ran.exception)
    assert ran.exception.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_flag_that_no_format_has_is_refused_by_its_name() -> None:
    assert "No such option '--group-bye'" in CliRunner().invoke(exporter, ["run", "--format", "csv", "--group-bye"]).output
