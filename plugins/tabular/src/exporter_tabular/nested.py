"""Layout `occurrences` of JSON: each occurrence with its event, its detections and its identifications inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import orjson

from exporter.context import ExportContext
from exporter.tables import Table
from exporter_tabular.beside import Belonging, Row, Rows, side_by_side
from exporter_tabular.tables import KEY, belonging_table, belongs, headers_with_name, occurrence_table
from exporter_tabular.tables import Rows as Records
from exporter_tabular.typed import Typed

_TITLES = {"event": "event", "media": "detections", "identification": "identifications"}


def tables(ctx: ExportContext, records: Records) -> list[Table]:
    """The occurrences, and then what belongs to them, as far as the source provides it."""
    inside = [(name, title) for name, title in _TITLES.items() if belongs(records, name)]
    return [
        occurrence_table(ctx, records, headers_with_name(ctx, records, "occurrence")),
        *(belonging_table(ctx, records, n, title, headers_with_name(ctx, records, n)) for n, title in inside),
    ]


def objects(ctx: ExportContext, found: Sequence[Table]) -> Iterator[list[Mapping[str, Any]]]:
    """An object for each occurrence, in batches. Lists are empty and the event is null where there is none."""
    main, *others = map(Typed, found)
    belonging = [Belonging(each.table, _Rows(each), _FOLDS[each.table.name]) for each in others]
    for batch in side_by_side(ctx, main.table, belonging):
        inside = [_inside([each.table.name for each in others], beside) for _, beside in batch]
        rows = main.objects([[row for row, _ in batch]])
        yield [_without_key(row) | each for row, each in zip(rows, inside, strict=True)]
    for each in (main, *others):
        if (finding := each.finding()) is not None:
            ctx.report.add(finding)


@attrs.frozen
class _Rows:
    """The objects of a table's batches, each with the key of its occurrence."""

    typed: Typed

    def __call__(self, batches: Iterable[Sequence[tuple[str, ...]]]) -> Rows:
        for row in self.typed.objects(batches):
            yield row[KEY], _without_key(row)


def _without_key(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != KEY}


def _inside(titles: Sequence[str], beside: Sequence[bytes | None]) -> dict[str, Any]:
    given = {title: orjson.Fragment(json) for title, json in zip(titles, beside, strict=True) if json is not None}
    return {"event": None, "detections": [], "identifications": []} | given


def _first(rows: list[Row]) -> Row:
    return rows[0]


_FOLDS: dict[str, Callable[[list[Row]], Any]] = {"event": _first, "detections": list, "identifications": list}
