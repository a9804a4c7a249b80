"""Which version of an annotation counts. Rows of other versions are no rows of the run: they are neither written nor counted.

latest       the newest version, unless it was deleted
job_version  the last version that one job made, unless that job deleted it
timestamp    the version that was valid at a moment: valid_from <= moment < valid_to, and not deleted by then
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, func, literal, literal_column, or_, select

from exporter.database import fetch
from exporter.errors import InputError
from exporter.records.conditions import Condition, is_one_of
from exporter.records.vision.filters import Filters
from exporter.selection import RecordRows

_TIMESTAMPTZ = 1184
_ISO = "%Y-%m-%dT%H:%M:%f"  # of SQLite's strftime(): to the millisecond


def current(filters: Filters, rows: Mapping[str, RecordRows], connection: Connection) -> dict[str, list[Condition]]:
    """The conditions that an annotation's row is of the version that the filters name.

    :raises InputError: when the source does not tell versions apart as it would have to, or there is no such job.
    """
    mode, value = filters.version_mode, filters.version_value
    if (value is None) != (mode == "latest"):
        wrong = "takes no version_value" if mode == "latest" else "needs a version_value"
        raise InputError(
            f"The filter version_mode = {mode} {wrong}.", hint="job_version takes a job's id, timestamp a moment."
        )
    if "annotation" not in rows:
        if mode != "latest":
            raise InputError(f"The filter version_mode = {mode} is about annotations, and this source provides none.")
        return {}
    versions = _Versions(rows["annotation"], connection)
    match mode:
        case "latest":
            return {"annotation": list(versions.latest())}
        case "job_version":
            return {"annotation": list(versions.of_job(str(value)))}
        case _:
            return {"annotation": list(versions.at(_moment(str(value))))}


class _Versions:
    def __init__(self, row: RecordRows, connection: Connection) -> None:
        self._row = row
        self._connection = connection

    def latest(self) -> Iterator[Condition]:
        if self._row.has("deleted_at"):
            yield self._row.columns["deleted_at"].is_(None)
        if self._row.has("valid_to"):
            yield self._row.columns["valid_to"].is_(None)
        elif self._row.has("version"):
            yield self._none_newer("version")

    def of_job(self, job: str) -> Iterator[Condition]:
        self._need("job_version", "job_id")
        made = is_one_of(self._row, "job_id", [job], self._connection)
        if not fetch(self._connection, select(literal(1)).select_from(self._row.alias).where(made).limit(1)):
            raise InputError(f"The filter version_value names the job '{job}', which made no annotation of this source.")
        yield made
        order = next((f for f in ("version", "valid_from") if self._row.has(f)), None)
        if order is None:
            self._need("job_version", "version")
        else:
            yield self._none_newer(order, job)
        if self._row.has("deleted_at"):
            yield self._row.columns["deleted_at"].is_(None)

    def at(self, moment: dt.datetime) -> Iterator[Condition]:
        self._need("timestamp", "valid_from")
        yield self._compared("valid_from", "<=", moment)
        for field in ("valid_to", "deleted_at"):
            if self._row.has(field):
                yield or_(self._row.columns[field].is_(None), self._compared(field, ">", moment))
        if not self._row.has("valid_to"):
            yield self._none_newer("valid_from", until=moment)

    def _need(self, mode: str, field: str) -> None:
        if not self._row.has(field):
            raise InputError(
                f"The filter version_mode = {mode} needs the field {field} of record 'annotation', which this source does not "
                "provide.",
                hint="Map a column to it, or leave the filter out.",
            )

    def _none_newer(self, order: str, job: str | None = None, until: dt.datetime | None = None) -> Condition:
        """That no later version of the annotation is there: of the same job, or up to a moment, where that is asked."""
        later = RecordRows(self._row.bound, self._row.bound.subquery("annotation_later"))
        same = [
            later.columns["annotation_id"] == self._row.columns["annotation_id"],
            later.columns[order] > self._row.columns[order],
        ]
        if job is not None:
            same.append(is_one_of(later, "job_id", [job], self._connection))
        if until is not None:
            same.append(_Versions(later, self._connection)._compared(order, "<=", until))
        return ~select(literal(1)).select_from(later.alias).where(and_(*same)).exists()

    def _compared(self, field: str, how: str, moment: dt.datetime) -> Condition:
        """A point in time against another, whatever the column holds: SQLite keeps them as texts or numbers."""
        column: Any = self._row.columns[field]
        match self._connection.dialect.name:
            case "sqlite":
                text = func.strftime(_ISO, column, "auto")
                wanted: Any = func.strftime(_ISO, moment.isoformat(sep=" ", timespec="microseconds"))
                compared: Condition = text.op(how, is_comparison=True)(wanted)
            case "postgresql":
                aware = self._row.bound.types.get(field) == _TIMESTAMPTZ
                words = f"'{moment.isoformat()}{'+00' if aware else ''}'::timestamp{'tz' if aware else ''}"
                column = column if aware else column.op("::")(literal_column("timestamp"))
                compared = column.op(how, is_comparison=True)(literal_column(words))
            case _:
                compared = column.op(how, is_comparison=True)(literal_column(f"timestamp'{moment.isoformat(sep=' ')}'"))
        return compared


def _moment(text: str) -> dt.datetime:
    """A point in time in UTC, without its zone."""
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment
    except (ValueError, OverflowError):  # beyond the years 1 to 9999 in UTC
        raise InputError(
            f"The filter version_value takes a moment, not '{text}'.", hint="For instance: 2026-06-30T12:00:00Z"
        ) from None
