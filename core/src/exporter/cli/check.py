"""`exporter check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from exporter.cli.words import FormatCommand, format_options, options_of_check


def _check(file: Path, name: str | None, as_json: bool, **given: Any) -> None:
    """Print the findings."""
    import json

    from exporter.cli.show import show_check
    from exporter.pipeline import check
    from exporter.report import check_json

    format, findings = check(file, name, format_options(given))
    if as_json:
        click.echo(json.dumps(check_json(str(file), format, findings), ensure_ascii=False, indent=2))
    else:
        show_check(file, format, findings)
    if any(f.level == "error" for f in findings):
        sys.exit(2)


check_command = FormatCommand(
    "check",
    callback=_check,
    options=options_of_check,
    help="Look for mistakes in a file with a format's own checks. Exits with 2 when there are errors.",
    params=[
        click.Argument(["file"], type=click.Path(path_type=Path)),
        click.Option(["--format", "-f", "name"], help="The format; by default the one that the file looks like."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the findings as JSON."),
    ],
)
