"""What people see: rich on a terminal, plain lines when piped. Progress goes to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporter.progress import Progress
from exporter.report import LEVELS, Finding, Report, size_text

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from exporter.pipeline import Result

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
_MOST_CLASSES = 10
_MOST_TABLES, _MOST_FILES = 9, 6  # files with rows, and without
_EXAMPLES = 2  # the report has more


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Progress on standard error: one line that is rewritten on a terminal, nothing when piped or quiet."""
    if quiet or not sys.stderr.isatty():
        yield Progress()
        return
    progress = Progress(_draw)
    try:
        yield progress
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _draw(progress: Progress) -> None:
    words = [progress.stage]
    if progress.done:
        share = f" of {progress.total:,} ({progress.done / progress.total:.0%})" if progress.total else ""
        words.append(f"{progress.done:,} rows{share}, {progress.rate:,.0f}/s")
    if progress.seconds_left is not None:
        words.append(f"{progress.seconds_left:.0f} s left")
    sys.stderr.write("\r\x1b[K" + "  ".join(words)[:120])
    sys.stderr.flush()


def show_run(result: Result) -> None:
    """The summary of a run, and where the file is."""
    report = result.report
    assert result.artifact is not None
    click.secho(f"{report.title} of {report.source}", bold=True)
    _show_scope(report)
    _show_records(report)
    for title, counts in report.counts.items():
        _show_counts(title, counts)
    _show_parts(report)
    if report.findings:
        click.secho("What else to know", bold=True)
        show_findings(report)
        click.echo()
    if not report.checked:
        click.secho("Not checked: values, identifiers, references and the file are as the source has them.", fg="yellow")
    wrote = click.style("Wrote ", fg="green", bold=True) + click.style(str(result.artifact.path), bold=True)
    click.echo(f"{wrote}: {size_text(report.bytes)} in {report.seconds:.1f} s")
    _show_companions(report)
    click.echo(f"All of this, and checksums, in {result.artifact.report}")


def show_preview(report: Report) -> None:
    """What a run would write."""
    click.secho(f"{report.title} of {report.source}: a preview, nothing was exported", bold=True)
    _show_scope(report)
    _show_records(report, written="would write")
    for title, counts in {"class": report.classes, **report.counts}.items():
        if counts:
            _show_counts(title, counts)
    if report.findings:
        click.secho("What else to know", bold=True)
        show_findings(report)
    _show_companions(report)
    errors = len(report.errors())
    if errors:
        found = f"{errors} finding{'s' if errors > 1 else ''} of level error"
        click.secho(f"A run would stop at {found}; --keep-going publishes all the same.", fg="red")


def _show_companions(report: Report) -> None:
    for what, path in (("Figure", report.figure), ("Page", report.page)):
        if path:
            click.echo(click.style(f"{what} ", fg="green", bold=True) + click.style(path, bold=True))


def _show_scope(report: Report) -> None:
    if report.project is not None:
        click.echo(f"Project {report.project}")
    for key, value in report.filters.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        click.echo(f"Filter {key} = {shown}")
    for words in report.filters_in_words:
        click.echo(f"  {words}")


def _show_records(report: Report, written: str = "written") -> None:
    rows = [
        [name, f"{c.rows:,}", f"{c.filtered:,}", f"{c.left_out:,}", f"{c.written:,}"] for name, c in report.records.items()
    ]
    _table(["record", "rows", "filtered out", "left out", written], rows)


def _show_parts(report: Report) -> None:
    """The files of an artifact; of many the first few, those with rows first, then those that people have names for."""
    shown, rest = report.parts, []
    if len(shown) > _MOST_TABLES + _MOST_FILES:
        tables, others = ([part for part in shown if bool(part["rows"]) is with_rows] for with_rows in (True, False))
        others.sort(key=lambda part: not part["title"])
        shown = [*tables[:_MOST_TABLES], *others[:_MOST_FILES]]
        rest = [*tables[_MOST_TABLES:], *others[_MOST_FILES:]]
    lines = [_file(_harmless(p["title"] or p["name"]), p["rows"], p["bytes"]) for p in shown]
    if rest:
        lines.append(_file(f"{len(rest):,} other files", sum(p["rows"] for p in rest), sum(p["bytes"] for p in rest)))
    _table(["file", "rows", "size"], lines)


def _file(name: str, rows: int, size: int) -> list[str]:
    return [name, f"{rows:,}" if rows else "", size_text(size)]


def _show_counts(title: str, counts: Mapping[str, int]) -> None:
    shown = list(counts.items())[:_MOST_CLASSES]
    rows = [[_harmless(name) or "(none)", f"{count:,}"] for name, count in shown]
    if len(counts) > len(shown):
        rest = sum(counts.values()) - sum(count for _, count in shown)
        rows.append([f"{len(counts) - len(shown):,} others", f"{rest:,}"])
    _table([title, "rows"], rows)


def show_findings(report: Report) -> None:
    """The findings, the gravest first."""
    _show(report.findings)


def show_check(file: Path, format: str, findings: list[Finding]) -> None:
    """The findings on a file."""
    if not findings:
        click.echo(click.style("OK", fg="green", bold=True) + f"  {file}: {format} found nothing wrong.")
        return
    click.secho(f"{file}, checked as {format}", bold=True)
    _show(findings)


def _show(findings: list[Finding]) -> None:
    for finding in sorted(findings, key=lambda f: LEVELS.index(f.level)):
        level = click.style(f"{finding.level:<8}", fg=_COLOURS[finding.level])
        click.echo(f"{level}{finding.count:>9,}  {finding.message} {click.style(finding.code, dim=True)}")
        if finding.examples:
            more = ", ..." if finding.count > _EXAMPLES else ""
            click.secho(f"{'':<19}{', '.join(map(_harmless, finding.examples[:_EXAMPLES]))}{more}", dim=True)


def _harmless(text: str) -> str:
    """A text from the data, which cannot tell the terminal what to do."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _table(headers: list[str], rows: list[list[str]]) -> None:
    """A table: drawn on a terminal, tab-separated lines when piped."""
    if not sys.stdout.isatty():
        for row in [headers, *rows]:
            click.echo("\t".join(row))
        return
    from rich.console import Console

    Console().print(_rich(headers, rows))


def _rich(headers: list[str], rows: list[list[str]]) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable

    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, header in enumerate(headers):
        table.add_column(header, justify="right" if i else "left")
    for row in rows:
        table.add_row(*row)
    return table
