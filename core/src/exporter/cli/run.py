"""`exporter run` and `exporter preview`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from exporter.cancel import Cancel
from exporter.cli.words import (
    FormatCommand,
    format_options,
    options_of_preview,
    options_of_run,
    read_filters,
    shared_options,
)
from exporter.errors import FindingsError, InputError


@contextmanager
def _stoppable() -> Iterator[Cancel]:
    """Ctrl-C and a polite kill ask the run to stop; a second Ctrl-C does not wait: an exception could be lost on its way."""
    cancel = Cancel()

    def stop(_number: int, _frame: Any) -> None:
        if cancel.settled:
            return
        if not cancel.requested:
            cancel.request()
            return
        cancel.abandon()
        os.write(2, b"\nError: Stopped; nothing was published.\n")
        os._exit(130)

    before = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            done = cancel.settled and number == signal.SIGINT and handler is signal.SIG_DFL
            signal.signal(number, signal.SIG_IGN if done else handler)


def _request(given: dict[str, Any], cancel: Cancel, progress: Any) -> Any:
    from exporter.pipeline import Request
    from exporter.sqlitelib import unmeter

    unmeter()
    if given["format"] is None:
        raise InputError("Which format? Give --format.", hint="`exporter formats` lists them.")
    return Request(
        format=given["format"],
        source=given["source"],
        output=given.get("output"),
        project=given["project"],
        filters=read_filters(given["filter_words"], given["filters_file"]),
        options=format_options(given),
        keep_going=given.get("keep_going", False),
        force=given.get("force", False),
        workers=given.get("workers"),
        checked=not given.get("no_check", False),
        figure=given["figure"],
        page=given.get("page", False),
        cancel=cancel,
        progress=progress,
    )


def _run(**given: Any) -> None:
    from exporter import pipeline
    from exporter.cli.show import progress_bar, show_findings, show_run

    with _stoppable() as cancel:
        try:
            with progress_bar(quiet=given["as_json"]) as progress:
                result = pipeline.run(_request(given, cancel, progress))
        except FindingsError as error:
            if given["as_json"]:
                click.echo(error.report.as_json(), nl=False)
            else:
                show_findings(error.report)
            raise
        if given["as_json"]:
            click.echo(result.report.as_json(), nl=False)
        else:
            show_run(result)


def _preview(**given: Any) -> None:
    from exporter import pipeline
    from exporter.cli.show import progress_bar, show_preview

    with _stoppable() as cancel, progress_bar(quiet=given["as_json"]) as progress:
        result = pipeline.preview(_request(given, cancel, progress), full=given["full"])
    if given["as_json"]:
        click.echo(result.report.as_json(), nl=False)
    else:
        show_preview(result.report)


run_command = FormatCommand(
    "run",
    callback=_run,
    options=options_of_run,
    help="Export to a file. The options of a format are flags: `exporter run --format dwca --help` lists them.",
    params=[
        *shared_options(),
        click.Option(
            ["--output", "-o"], type=click.Path(path_type=Path), help="The file to make; by default named after the source."
        ),
        click.Option(["--keep-going"], is_flag=True, help="Publish in spite of findings of level error."),
        click.Option(["--page"], is_flag=True, help="Write a page about the run, too: one HTML file beside the output."),
        click.Option(["--force"], is_flag=True, help="Replace an output that exists."),
        click.Option(
            ["--workers"],
            type=click.IntRange(min=1),
            help="How many connections read at once, where the database lets them, while others deflate; by default one for each "
            "core, up to four. 1 does all in turn, on one core. The file is the same.",
        ),
        click.Option(
            ["--no-check"],
            is_flag=True,
            help="Look at no value, identifier or reference, nor at the finished file: faster, for data known to be sound. "
            "Rows that refer to nothing are written.",
        ),
    ],
)

preview_command = FormatCommand(
    "preview",
    callback=_preview,
    options=options_of_preview,
    help="Count what a run would write, by record and class, and what it would leave out and why. Writes nothing but the figure.",
    params=[
        *shared_options(),
        click.Option(["--full"], is_flag=True, help="Also rules in Python and a look at every cell."),
        click.Option(["--force"], is_flag=True, help="Replace a figure that exists."),
    ],
)
