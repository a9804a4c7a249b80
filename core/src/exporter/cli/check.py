"""`exporter check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("check", help="Look for mistakes in a file with a format's own checks. Exits with 2 when there are errors.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "-f", "name", help="The format; by default the one that the file looks like.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check_command(file: Path, name: str | None, as_json: bool) -> None:
    """Print the findings."""
    import json

    from exporter.cli.show import show_check
    from exporter.pipeline import check
    from exporter.report import check_json

    format, findings = check(file, name)
    if as_json:
        click.echo(json.dumps(check_json(str(file), format, findings), ensure_ascii=False, indent=2))
    else:
        show_check(file, format, findings)
    if any(f.level == "error" for f in findings):
        sys.exit(2)
