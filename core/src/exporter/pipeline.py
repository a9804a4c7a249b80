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
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import attrs

from exporter import packaging, store, zipwriter
from exporter.cancel import Cancel
from exporter.clock import Clock, clock_from_environment
from exporter.context import ExportContext
from exporter.database import fetch, sqlite_module
from exporter.defaults import Defaults
from exporter.errors import ExporterError, FindingsError, InputError, SourceError
from exporter.events import Event, Stage
from exporter.extensions import extensions
from exporter.filters import parse_filters
from exporter.format import Format
from exporter.hooks import HookCaller
from exporter.lookup import find_source
from exporter.moment import MOMENT_NOT_HELD, snapshot
from exporter.narrowing import open_records
from exporter.options import structure, unstructure
from exporter.progress import Progress
from exporter.readers import Readers
from exporter.registry import find_format
from exporter.report import Finding, Report
from exporter.rows import Reader
from exporter.selection import RecordRows, class_counts
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
    :param workers: how many connections read at once, where the database lets them; None for one on each core, up to four.
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
    with (
        _scratch(output.absolute().parent, request.cancel) as scratch,
        _context(resolved, scratch, output) as ctx,
        _told(resolved.hooks, ctx),
    ):
        hooks = resolved.hooks
        with _warming(resolved):
            records = _open(resolved, ctx)
        _note_nothing(ctx)
        _stop_on_errors(ctx, request)
        tables = _stage(hooks, ctx, "query", lambda: hooks.query(ctx, records))
        file = _stage(hooks, ctx, "package", lambda: hooks.package(ctx, hooks.serialize(ctx, tables)))
        _settle(ctx, tables)
        _stage(hooks, ctx, "check", lambda: _add(ctx, hooks.check(file, ctx.options, {r.name: r for r in ctx.receipts})))
        _stop_on_errors(ctx, request)
        ctx.cancel.check()
        artifact = _stage(hooks, ctx, "store", lambda: hooks.store(ctx, file))
        ctx.cancel.settled = True
        _finish(ctx, artifact)
        report = store.write_report(ctx.report.as_json(), artifact.path, scratch)
        hooks.notify(ctx, Event("done"))
        return Result(attrs.evolve(artifact, report=report), ctx.report)


def preview(request: Request, *, full: bool = False) -> Result:
    """Count what a run would write and what it would leave out; nothing is written.

    :param full: also count rules in Python and what is found in the cells, by a run whose bytes go nowhere.
    :raises: as `run` does, but for findings.
    """
    resolved = _resolve(request)
    with _scratch(Path(tempfile.gettempdir()), request.cancel) as scratch, _context(resolved, scratch, None) as ctx:
        records = _open(resolved, ctx, python=full)
        _count_classes(ctx, records)
        _note_nothing(ctx)
        if full:
            tables = resolved.hooks.query(ctx, records)
            packaging.package(ctx, resolved.hooks.serialize(ctx, tables), "nothing")
            _settle(ctx, tables)
        return Result(None, ctx.report)


def check(file: Path, format: str | None = None) -> tuple[str, list[Finding]]:
    """The findings of a format's own checks on any file.

    :param format: its name; by default the installed format that makes files with this extension and finds its own in it.
    :returns: the format's name and the findings.
    :raises InputError: when there is no such file, or no format checks it.
    """
    from exporter.registry import format_of_file

    if not file.exists():
        raise InputError(f"There is no file {file}.")
    chosen = find_format(format)[0] if format else format_of_file(file)
    if not hasattr(chosen, "exporter_check"):
        raise InputError(f"The format '{chosen.name}' has no checks.", hint="Name another with --format.")
    hooks = HookCaller([*extensions()[0], (chosen.name, chosen)])
    return chosen.name, hooks.check(file, structure(chosen.Options, {}))


def _resolve(request: Request) -> _Resolved:
    preset: Mapping[str, Any] = {}
    if isinstance(request.format, Format):
        format = request.format
    else:
        format, preset = find_format(request.format)
    source = request.source if isinstance(request.source, Source) else find_source(request.source)
    if format.family is not None and format.family != source.family.name:
        raise InputError(
            f"The format '{format.name}' writes {format.family}; source '{source.name}' provides {source.family.name}.",
            hint="`exporter formats` lists what each format reads.",
        )
    for document in source.family.documents:
        source.document(document)
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
        filters={**unstructure(resolved.filters), **resolved.host_filters},
        project=request.project,
        versions=_versions(resolved.format),
    )
    with snapshot(resolved.source, scratch, request.cancel, _workers(request)) as opened:
        report.snapshot, report.isolation = opened.kind, opened.isolation
        report.workers, report.alone = len(opened.readers) or 1, opened.alone
        for finding in (*resolved.findings, *opened.findings()):
            report.add(finding)
        reader = Reader(opened.connection, resolved.source, report, request.progress, request.cancel, Readers.of(opened))
        ctx = ExportContext(
            format=resolved.format,
            options=resolved.options,
            source=resolved.source,
            project=request.project,
            filters=resolved.filters,
            host_filters=resolved.host_filters,
            connection=opened.connection,
            report=report,
            receipts=[],
            progress=request.progress,
            cancel=request.cancel,
            clock=request.clock,
            scratch=scratch,
            output=output,
            force=request.force,
            principal=request.principal,
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


def _add(ctx: ExportContext, findings: Sequence[Finding]) -> None:
    for finding in findings:
        ctx.report.add(finding)


def _stop_on_errors(ctx: ExportContext, request: Request) -> None:
    errors = ctx.report.errors()
    if errors and not request.keep_going:
        codes = ", ".join(f"{f.code} ({f.count})" for f in errors)
        raise FindingsError(
            f"Findings of level error: {codes}. Nothing was published.",
            hint="Mend the data, or what exporter.toml says of them; or publish in spite of the findings with --keep-going.",
            report=ctx.report,
        )


def _settle(ctx: ExportContext, tables: Sequence[Table]) -> None:
    """Hold what was written against what was counted in the same snapshot.

    :raises ExporterError: when they differ: rows were lost or doubled on the way, which is a fault of ours.
    :raises SourceError: when they differ because the transaction that was lent does not hold its moment.
    """
    ctx.report.parts = [attrs.asdict(r) for r in ctx.receipts]
    wrote = ctx.reader.rows_by_table
    for table in tables:
        counted = ctx.report.records.get(table.record)
        if counted is not None and wrote.get(table.name, 0) != counted.written and len(table.queries) == 1 and table.whole:
            message = f"Table '{table.name}' has {wrote.get(table.name, 0)} rows; {counted.written} were counted."
            if any(f.code == MOMENT_NOT_HELD for f in ctx.report.findings):
                raise SourceError(
                    message, hint="Others wrote meanwhile. Lend a transaction that is REPEATABLE READ, or an engine."
                )
            raise ExporterError(message)


def _note_nothing(ctx: ExportContext) -> None:
    """An artifact without rows is an answer, but hardly what was meant."""
    if not any(count.written for count in ctx.report.records.values()):
        project = f" (project {ctx.project})" if ctx.project is not None else ""
        ctx.report.add(Finding("warning", "NO_ROWS", f"Not a single row is left{project}; are project and filters right?"))


def _count_classes(ctx: ExportContext, records: Mapping[str, RecordRows]) -> None:
    counted = ctx.source.family.counted_by
    if counted is None or counted[0] not in records:
        return
    query = class_counts(ctx.source.family, records, *counted)
    if query is None:
        return
    counts = {str(name) if name is not None else "": int(n) for name, n in fetch(ctx.connection, query)}
    ctx.report.classes = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _finish(ctx: ExportContext, artifact: Artifact) -> None:
    ctx.report.artifact = os.fsencode(artifact.path).decode("utf-8", "replace")  # a name may hold any bytes, JSON may not
    ctx.report.bytes, ctx.report.sha256 = artifact.bytes, artifact.sha256
    ctx.report.seconds = round(time.monotonic() - ctx.progress.born, 3)
