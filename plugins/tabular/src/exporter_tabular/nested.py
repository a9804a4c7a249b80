"""Layout `occurrences` of JSON: each occurrence with its event, its detections and its identifications inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import orjson

from exporter.context import ExportContext
from exporter.tables import Table
from exporter_tabular.beside import Batch, Belonging, Row, Rows, side_by_side
from exporter_tabular.tables import KEY, belonging_table, belongs, headers_with_name, occurrence_table
from exporter_tabular.tables import Rows as Records
from exporter_tabular.typed import Typed

_NOTHING: Mapping[str, Any] = {"event": None, "detections": [], "identifications": []}
_TITLES = {"event": "event", "media": "detections", "identification": "identifications"}


def tables(ctx: ExportContext, records: Records) -> list[Table]:
    """The occurrences, and then what belongs to them, as far as the source provides it."""
    inside = [(name, title) for name, title in _TITLES.items() if belongs(records, name)]
    return [
        occurrence_table(ctx, records, headers_with_name(ctx, records, "occurrence")),
        *(belonging_table(ctx, records, n, title, headers_with_name(ctx, records, n)) for n, title in inside),
    ]


def objects(ctx: ExportContext, found: Sequence[Table]) -> Iterator[Mapping[str, Any]]:
    """An object for each occurrence. Lists are empty and the event is null where there is none."""
    main, *others = [Typed(each, without=KEY) for each in found]
    titles = [each.table.name for each in others]
    belonging = [_belonging(each) for each in others]
    for batch, beside in side_by_side(ctx, main.table, belonging):
        for row, folded in zip(main.objects(batch), beside, strict=True):
            given = {t: orjson.Fragment(json) for t, json in zip(titles, folded, strict=True) if json is not None}
            yield {**row, **_NOTHING, **given}
    for each in (main, *others):
        if (finding := each.finding()) is not None:
            ctx.report.add(finding)


def _belonging(typed: Typed) -> Belonging:
    event_id = next((header for header, field in typed.table.columns.items() if field.name == "event_id"), "")
    single = event_id if typed.table.name == "event" else ""
    return Belonging(typed.table, _Rows(typed), _FOLDS[typed.table.name], single)


@attrs.frozen
class _Rows:
    """The objects of a table's batches, each with the key of its occurrence."""

    typed: Typed

    def __call__(self, batches: Iterable[Batch]) -> Rows:
        for batch in batches:
            for row, found in zip(batch, self.typed.objects(batch), strict=True):
                yield row[-1], found


def _first(rows: list[Row]) -> Row:
    return rows[0]


_FOLDS: dict[str, Callable[[list[Row]], Any]] = {"event": _first, "detections": list, "identifications": list}
