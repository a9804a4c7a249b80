"""What a host app calls: the same as the command line, in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from exporter import pipeline
from exporter.cancel import Cancel
from exporter.clock import Clock, clock_from_environment
from exporter.format import Format
from exporter.pipeline import Request, Result
from exporter.progress import Progress
from exporter.registry import FORMATS, SOURCES, Installed, installed
from exporter.report import Finding
from exporter.source import Source


def run(
    *,
    format: str | Format[Any],
    source: str | Source | None = None,
    output: str | Path | None = None,
    project: str | int | None = None,
    filters: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    plugins: Sequence[object] = (),
    keep_going: bool = False,
    force: bool = False,
    principal: str | None = None,
    workers: int | None = None,
    checked: bool = True,
    figure: str | Path | None = None,
    page: bool = False,
    cancel: Cancel | None = None,
    progress: Callable[[Progress], None] | None = None,
    clock: Clock | None = None,
) -> Result:
    """Export to a file or folder.

    :param format: a format's name or alias, or an instance of its class.
    :param source: a Source, the name of one, or None for the only one in exporter.toml.
    :param output: where to; by default named after source and project in the working folder.
    :param project: limits the run to one project, by id, or by name where the source has the record `project`; no filter widens it.
    :param filters: values by filter name; :param options: values by option name.
    :param plugins: objects with further hooks; they may override the format's.
    :param keep_going: publish in spite of findings of level error; :param force: replace an output that exists.
    :param workers: how many connections read at once, where the database lets them, while others deflate; by default one for each
        core, up to four. 1 does all in turn, on one core.
    :param checked: False leaves out the look at values, identifiers, references and the finished file, for data known to be sound.
    :param figure: where to draw what is written, as .png, .svg or .pdf; :param page: write `<output>.report.html`, too.
    :param progress: called while rows are read, at most ten times a second.
    :param clock: gives the time in UTC; SOURCE_DATE_EPOCH or the machine's clock by default.
    :returns: the artifact and the report.
    :raises ExporterError: `exit_code` and `hint` say whose fault it is and what to do.
    """
    return pipeline.run(
        Request(
            format=format,
            source=source,
            output=Path(output) if output is not None else None,
            project=str(project) if project is not None else None,
            filters=filters or {},
            options=options or {},
            plugins=plugins,
            keep_going=keep_going,
            force=force,
            principal=principal,
            workers=workers,
            checked=checked,
            figure=Path(figure) if figure is not None else None,
            page=page,
            cancel=cancel or Cancel(),
            progress=Progress(progress),
            clock=clock or clock_from_environment(),
        )
    )


def preview(
    *,
    format: str | Format[Any],
    source: str | Source | None = None,
    project: str | int | None = None,
    filters: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    plugins: Sequence[object] = (),
    full: bool = False,
    figure: str | Path | None = None,
    force: bool = False,
) -> Result:
    """Count what `run` with the same words would write, and what it would leave out and why. Writes nothing but the figure.

    :param full: also rules in Python, and what only a look at every cell finds.
    :param figure: where to draw what would be written, as .png, .svg or .pdf; :param force: replace a figure that exists.
    """
    request = Request(
        format=format,
        source=source,
        project=str(project) if project is not None else None,
        filters=filters or {},
        options=options or {},
        plugins=plugins,
        figure=Path(figure) if figure is not None else None,
        force=force,
    )
    return pipeline.preview(request, full=full)


def check(file: str | Path, format: str | None = None, *, options: Mapping[str, Any] | None = None) -> list[Finding]:
    """A format's own checks on any file; the format is found by the file's looks when it is not named.

    :param options: values by option name, of those options that are for checks.
    """
    return pipeline.check(Path(file), format, options)[1]


def formats() -> list[Installed]:
    """The installed formats, with those that are broken and why."""
    return installed(FORMATS)


def sources() -> list[Installed]:
    """The sources that plugins bring, with those that are broken and why."""
    return installed(SOURCES)
