"""A run: rows flow one way: source, filter, query, serialize, package, check, store. Only here are the stages called in order."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any

import attrs

from exporter import native, packaging, store, zipwriter
from exporter.accounts import count_classes, note_nothing, settle, stop_on_errors
from exporter.cancel import Cancel
from exporter.clock import Clock, clock_from_environment
from exporter.companions import companions, shown
from exporter.context import ExportContext
from exporter.database import sqlite_module
from exporter.defaults import Defaults
from exporter.errors import InputError
from exporter.events import Event, Stage
from exporter.extensions import extensions
from exporter.filters import parse_filters
from exporter.format import Format
from exporter.hooks import HookCaller
from exporter.lookup import find_source
from exporter.moment import snapshot
from exporter.narrowing import open_records
from exporter.options import given, refuse_unread, structure, unstructure
from exporter.progress import Progress
from exporter.projects import known_project
from exporter.readers import Readers
from exporter.registry import find_format
from exporter.report import Finding, Report
from exporter.rows import Reader
from exporter.selection import RecordRows
from exporter.source import Source
from exporter.store import Artifact
from exporter.tables import Table

MOST_WORKERS = 4  # by default: each holds some 10 MB


@attrs.frozen
class Result:
    """What a run gives back: the artifact, or None for a preview, and the report."""

    artifact: Artifact | None
    report: Report


@attrs.frozen(kw_only=True)
class Request:
    """What somebody wants exported.

    :param format: a format's name or alias, or an instance.
    :param source: a Source, or the name of one.
    :param output: the file or folder to make; by default named after source and project, in the working folder.
    :param filters: values by the family's and the source's filter names.
    :param options: values by the format's option names.
    :param plugins: further hooks of the host, called before the format's own.
    :param keep_going: publish in spite of findings of level error.
    :param force: replace an output that exists.
    :param principal: for whom, as the host names them.
    :param workers: how many connections read at once, where the database lets them, while others deflate; None for one on each
        core, up to four. 1 does all in turn, on one core.
    :param checked: whether values, identifiers, references and the finished file are looked at; False for data known to be sound.
    :param figure: a picture to make of what is written; :param page: whether to write a page about the run beside the output.
    """

    format: str | Format[Any]
    source: str | Source | None = None
    output: Path | None = None
    project: str | None = None
    filters: Mapping[str, Any] = attrs.field(factory=dict)
    options: Mapping[str, Any] = attrs.field(factory=dict)
    plugins: Sequence[object] = ()
    keep_going: bool = False
    force: bool = False
    principal: str | None = None
    workers: int | None = None
    checked: bool = True
    figure: Path | None = None
    page: bool = False
    cancel: Cancel = attrs.field(factory=Cancel)
    progress: Progress = attrs.field(factory=Progress)
    clock: Clock = attrs.field(factory=clock_from_environment)


@attrs.frozen(kw_only=True)
class _Resolved:
    """A request whose names and values were found to be good, before anything is read."""

    request: Request
    format: Format[Any]
    options: Any
    source: Source
    filters: Any
    host_filters: Mapping[str, Any]
    hooks: HookCaller
    findings: tuple[Finding, ...] = ()


def run(request: Request) -> Result:
    """Export, and publish the artifact with its report beside it.

    :raises InputError: for what the user gave; FindingsError: for findings of level error, unless `keep_going`.
    :raises SourceError: for what the database says; PluginError: for a plugin's fault; Cancelled: when that was asked for.
    """
    resolved = _resolve(request)
    output = _output(resolved)
    store.refuse_existing(output, force=request.force)
    beside = companions(request, resolved.hooks, resolved.format, resolved.options, output)
    with (
        _scratch(output.absolute().parent, request.cancel) as scratch,
        _context(resolved, scratch, output) as ctx,
        _told(resolved.hooks, ctx),
        beside.tidy(request.cancel),
    ):
        hooks = resolved.hooks
        with _warming(resolved):
            records = _open(resolved, ctx)
        note_nothing(ctx)
        stop_on_errors(ctx, keep_going=request.keep_going)
        tables = _stage(hooks, ctx, "query", lambda: hooks.query(ctx, records))
        _inspect(resolved, ctx, tables)
        stop_on_errors(ctx, keep_going=request.keep_going)
        file = _stage(hooks, ctx, "package", lambda: hooks.package(ctx, hooks.serialize(ctx, tables)))
        settle(ctx, records, tables)
        if request.checked:
            receipts = {r.name: r for r in ctx.receipts}
            _stage(hooks, ctx, "check", lambda: _add(ctx, hooks.check(file, ctx.options, receipts)))
        stop_on_errors(ctx, keep_going=request.keep_going)
        beside.draw(ctx, hooks, tables)
        ctx.cancel.check()
        artifact = _stage(hooks, ctx, "store", lambda: hooks.store(ctx, file))
        ctx.cancel.settled = True
        _finish(ctx, artifact)
        report = beside.publish(ctx, artifact.path)
        hooks.notify(ctx, Event("done"))
        return Result(attrs.evolve(artifact, report=report), ctx.report)


def preview(request: Request, *, full: bool = False) -> Result:
    """Count what a run would write and what it would leave out; nothing is written but the figure, where one is asked for.

    :param full: also count rules in Python and what is found in the cells, by a run whose bytes go nowhere.
    :raises: as `run` does, but for findings.
    """
    resolved = _resolve(request)
    refuse_unread(resolved.format.Options, request.options, "a preview", check=False)
    beside = companions(request, resolved.hooks, resolved.format, resolved.options, None)
    with (
        _scratch(Path(tempfile.gettempdir()), request.cancel) as scratch,
        _context(resolved, scratch, None) as ctx,
        beside.tidy(request.cancel),
    ):
        records = _open(resolved, ctx, python=full)
        count_classes(ctx, records)
        note_nothing(ctx)
        tables = resolved.hooks.query(ctx, records)
        _inspect(resolved, ctx, tables)
        if full:
            packaging.package(ctx, resolved.hooks.serialize(ctx, tables), "nothing")
            settle(ctx, records, tables)
        beside.draw(ctx, resolved.hooks, tables)
        beside.publish_figure(ctx)
        return Result(None, ctx.report)


def check(file: Path, format: str | None = None, options: Mapping[str, Any] | None = None) -> tuple[str, list[Finding]]:
    """The findings of a format's own checks on any file.

    :param format: its name; by default the installed format that makes files with this extension and finds its own in it.
    :param options: values of those of the format's options that are for checks.
    :returns: the format's name and the findings.
    :raises InputError: when there is no such file, no format checks it, or an option is none of its checks.
    """
    from exporter.registry import format_of_file

    if not file.exists():
        raise InputError(f"There is no file {file}.")
    chosen = find_format(format)[0] if format else format_of_file(file)
    if not hasattr(chosen, "exporter_check"):
        raise InputError(f"The format '{chosen.name}' has no checks.", hint="Name another with --format.")
    refuse_unread(chosen.Options, options or {}, "a check", check=True)
    hooks = HookCaller([*extensions()[0], (chosen.name, chosen)])
    return chosen.name, hooks.check(file, structure(chosen.Options, options or {}))


def _resolve(request: Request) -> _Resolved:
    preset: Mapping[str, Any] = {}
    if isinstance(request.format, Format):
        format = request.format
    else:
        format, preset = find_format(request.format)
    source = request.source if isinstance(request.source, Source) else find_source(request.source, family=format.family)
    if format.family is not None and format.family != source.family.name:
        raise InputError(
            f"The format '{format.name}' writes {format.family}; source '{source.name}' provides {source.family.name}.",
            hint="`exporter formats` lists what each format reads.",
        )
    for document in source.family.documents:
        source.document(document)
    if not request.checked:
        refuse_unread(format.Options, request.options, "a run without checks", check=False)
    options = format.options_for(structure(format.Options, {**preset, **request.options}), source)
    filters, host = parse_filters(source, request.filters)
    named = [(f"host plugin {type(p).__name__}", p) for p in (*source.plugins, *request.plugins)]
    usable, broken = extensions()
    hooks = HookCaller([("exporter", Defaults()), *usable, (format.name, format), *named])
    return _Resolved(
        request=request,
        format=format,
        options=options,
        source=source,
        filters=filters,
        host_filters=host,
        hooks=hooks,
        findings=tuple(broken),
    )


def _output(resolved: _Resolved) -> Path:
    request = resolved.request
    if request.output is not None:
        return request.output
    words = [resolved.source.name, *([request.project] if request.project else [])]
    stem = "-".join("".join(c if c.isalnum() else "-" for c in w).strip("-") for w in words)
    folder = resolved.format.packaging_for(resolved.options) == "folder"
    return Path(stem if folder else f"{stem}.{resolved.format.extension_for(resolved.options)}")


@contextlib.contextmanager
def _scratch(parent: Path, cancel: Cancel) -> Iterator[Path]:
    """A folder beside the output, so that publishing is a rename; removed on every way out."""
    scratch = parent / f".exporter-{secrets.token_hex(6)}"
    remove = partial(shutil.rmtree, scratch, ignore_errors=True)
    with cancel.leaving(remove):
        try:
            scratch.mkdir(mode=0o700)
            yield scratch
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise InputError(
                    f"No space is left at {parent}; nothing was published.", hint="Make room and run it again."
                ) from None
            raise
        finally:
            remove()


@contextlib.contextmanager
def _context(resolved: _Resolved, scratch: Path, output: Path | None) -> Iterator[ExportContext]:
    request = resolved.request
    report = Report(
        format=resolved.format.name,
        title=resolved.format.title,
        source=resolved.source.name,
        started=request.clock().isoformat(timespec="seconds"),
        options=unstructure(resolved.options),
        filters={**given(resolved.filters), **resolved.host_filters},
        checked=request.checked,
        versions=_versions(resolved.format),
    )
    workers = _workers(request)
    with snapshot(resolved.source, scratch, request.cancel, workers) as opened:
        report.project = known_project(resolved.source, opened.connection, request.project)
        report.snapshot, report.isolation = opened.kind, opened.isolation
        report.workers, report.alone = len(opened.readers) or 1, opened.alone
        if native.served(opened.connection):
            with contextlib.suppress(PackageNotFoundError):  # it may lie on the path without having been installed
                report.versions["exporter-native"] = version("exporter-native")
        for finding in (*resolved.findings, *opened.findings()):
            report.add(finding)
        reader = Reader(opened.connection, resolved.source, report, request.progress, request.cancel, Readers.of(opened))
        ctx = ExportContext(
            format=resolved.format,
            options=resolved.options,
            source=resolved.source,
            project=report.project,
            filters=resolved.filters,
            host_filters=resolved.host_filters,
            connection=opened.connection,
            report=report,
            receipts=[],
            digests={},
            progress=request.progress,
            cancel=request.cancel,
            clock=request.clock,
            scratch=scratch,
            output=output,
            force=request.force,
            principal=request.principal,
            workers=workers,
            checked=request.checked,
            reader=reader,
        )
        with contextlib.closing(reader):
            yield ctx


def _workers(request: Request) -> int:
    if request.workers is not None and request.workers < 1:
        raise InputError(f"The number of workers is {request.workers}; it takes at least one.")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return request.workers or min(cores, MOST_WORKERS)


def _versions(format: Format[Any]) -> dict[str, str]:
    """What decides the bytes, beside data and options."""
    found = {
        "exporter-core": version("exporter-core"),
        "sqlite": sqlite_module().sqlite_version,
        "deflate": zipwriter.codec()[1],
    }
    for point in entry_points(group="exporter.formats", name=format.name):
        if point.dist is not None:
            found[point.dist.name] = point.dist.version
    return found


@contextlib.contextmanager
def _told(hooks: HookCaller, ctx: ExportContext) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        hooks.notify(ctx, Event("failed", str(error) or type(error).__name__))
        raise


def _stage(hooks: HookCaller, ctx: ExportContext, stage: Stage, call: Any) -> Any:
    hooks.notify(ctx, Event(stage))
    return call()


@contextlib.contextmanager
def _warming(resolved: _Resolved) -> Iterator[None]:
    """While the database counts, the format loads what it will need."""
    with ThreadPoolExecutor(1, "exporter-warm") as pool:
        pool.submit(resolved.format.warm, resolved.options)
        yield


def _open(resolved: _Resolved, ctx: ExportContext, *, python: bool = True) -> dict[str, RecordRows]:
    resolved.hooks.notify(ctx, Event("rules"))
    ctx.progress.begin("counting")
    return open_records(ctx, resolved.hooks, python=python)


def _inspect(resolved: _Resolved, ctx: ExportContext, tables: Sequence[Table]) -> None:
    if ctx.checked:
        ctx.progress.begin("checking values")
        _add(ctx, resolved.hooks.inspect(ctx, tables))


def _add(ctx: ExportContext, findings: Sequence[Finding]) -> None:
    for finding in findings:
        ctx.report.add(finding)


def _finish(ctx: ExportContext, artifact: Artifact) -> None:
    ctx.report.artifact = shown(artifact.path)
    ctx.report.bytes, ctx.report.sha256 = artifact.bytes, artifact.sha256
    ctx.report.seconds = round(time.monotonic() - ctx.progress.born, 3)
