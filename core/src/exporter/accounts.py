"""What a run counts and finds adds up, or it stops: errors, rows written against rows counted, classes, nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import func

from exporter.database import fetch
from exporter.errors import ExporterError, FindingsError, PluginError, SourceError
from exporter.moment import MOMENT_NOT_HELD
from exporter.report import EXAMPLES, Finding, Level
from exporter.selection import RecordRows, class_counts
from exporter.unique import DUPLICATES

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.tables import Table

NO_ROWS = "NO_ROWS"


def stop_on_errors(ctx: ExportContext, *, keep_going: bool) -> None:
    """Refuse to go on where something of level error was found.

    :raises FindingsError: unless somebody wants to keep going.
    """
    errors = ctx.report.errors()
    if errors and not keep_going:
        codes = ", ".join(f"{code} ({count:,})" for code, count in _counts(errors).items())
        raise FindingsError(
            f"Findings of level error: {codes}. Nothing was published.",
            hint="Mend the data, or what exporter.toml says of them; or publish in spite of the findings with --keep-going.",
            report=ctx.report,
        )


def _counts(findings: Sequence[Finding]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.code] += finding.count
    return counts


def settle(ctx: ExportContext, records: Mapping[str, RecordRows], tables: Sequence[Table]) -> None:
    """Hold what was written against what was counted in the same snapshot.

    :raises ExporterError: when they differ: rows were lost or doubled on the way, which is a fault of ours.
    :raises SourceError: when they differ because the transaction that was lent does not hold its moment, or a key is not unique.
    :raises PluginError: when they differ because the format has left rows unread.
    """
    ctx.report.parts = [attrs.asdict(r) for r in ctx.receipts]
    wrote = ctx.reader.rows_by_table
    for table in tables:
        counted = ctx.report.records.get(table.record)
        if counted is not None and wrote.get(table.name, 0) != counted.written and table.is_counted:
            message = f"Table '{table.name}' has {wrote.get(table.name, 0)} rows; {counted.written} were counted."
            if any(f.code == MOMENT_NOT_HELD for f in ctx.report.findings):
                raise SourceError(
                    message, hint="Others wrote meanwhile. Lend a transaction that is REPEATABLE READ, or an engine."
                )
            for row in records.values():
                if _is_ambiguous(ctx, row):
                    raise SourceError(
                        f"{message} The key of the record '{row.name}' is not unique.",
                        hint="Name a column as its key that tells all rows apart, such as the primary key.",
                    )
            twice = sorted({f.record for f in ctx.report.findings if f.code in DUPLICATES})
            if twice:
                raise SourceError(
                    f"{message} Rows of {', '.join(twice)} share an identifier, so that nobody can tell which of them others mean.",
                    hint="Mend the identifiers that the findings name; --keep-going cannot tell such rows apart.",
                )
            if not ctx.reader.was_read(table):
                raise PluginError(
                    f"{message} The format '{ctx.format.name}' did not read it to its end.",
                    hint="What is not written after all is accounted for by `exporter.accounts.leave_out`.",
                )
            raise ExporterError(message)


def _is_ambiguous(ctx: ExportContext, row: RecordRows) -> bool:
    """Whether several rows share a key."""
    query = row.in_project().with_only_columns(
        func.count(row.key), func.count(row.key.distinct()), maintain_column_froms=True
    )
    ((keys, different),) = fetch(ctx.connection, query)
    return bool(keys != different)


def note_nothing(ctx: ExportContext) -> None:
    """An artifact without rows is an answer, but hardly what was meant; nor is one without a row of what it is about."""
    counted = ctx.report.records
    main = [name for name in ctx.source.family.main if name in counted]
    content = ctx.source.family.content
    if not any(count.written for count in counted.values()):
        left = "Not a single row is left"
    elif main and all(counted[name].rows == counted[name].filtered for name in main):
        left = f"Not a single row of {' and '.join(main)} is left"
    elif content in counted and not counted[content].written:
        left = f"Not a single {content} is left"
    else:
        return
    project = f" (project {ctx.project})" if ctx.project is not None else ""
    ctx.report.add(Finding("warning", NO_ROWS, f"{left}{project}; are project and filters right?"))


def count_classes(ctx: ExportContext, records: Mapping[str, RecordRows]) -> None:
    """Note how many rows there are of each class that the family counts by, and what else it counts."""
    family = ctx.source.family
    if family.counted_by is not None:
        ctx.report.classes = _counts_of(ctx, records, *family.counted_by)
    counts = {name: _counts_of(ctx, records, *where) for name, where in family.also_counted.items()}
    ctx.report.counts = {name: found for name, found in counts.items() if found}


def _counts_of(ctx: ExportContext, records: Mapping[str, RecordRows], record: str, field: str) -> dict[str, int]:
    """Rows by the value of a field, the most frequent first; nothing where the source does not say."""
    query = class_counts(ctx.source.family, records, record, field) if record in records else None
    if query is None:
        return {}
    counts = {str(name) if name is not None else "": int(n) for name, n in fetch(ctx.connection, query)}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def leave_out(
    ctx: ExportContext, table: Table, code: str, message: str, examples: Sequence[str], *, level: Level = "warning"
) -> None:
    """Account for rows that were read to be written, and cannot be: what is wrong with them shows in their cells alone.

    :param table: where they were read; :param examples: identifiers of all of them.
    """
    ctx.report.add(Finding(level, code, message, len(examples), list(examples[:EXAMPLES]), table.record, action="dropped"))
    ctx.reader.rows_by_table[table.name] -= len(examples)
    counted = ctx.report.records.get(table.record)
    if counted is not None:
        counted.written -= len(examples)
        counted.left_out += len(examples)


def leave_out_rest(ctx: ExportContext, table: Table, code: str, message: str) -> None:
    """Account for rows that were counted and did not come, where nobody has looked for what they refer to beforehand.

    :param table: whose rows have all been read.
    """
    counted = ctx.report.records.get(table.record)
    if ctx.checked or counted is None:
        return
    lost = counted.written - ctx.reader.rows_by_table[table.name]
    if lost > 0:
        ctx.report.add(Finding("warning", code, message, lost, record=table.record, action="dropped"))
        counted.written -= lost
        counted.left_out += lost
