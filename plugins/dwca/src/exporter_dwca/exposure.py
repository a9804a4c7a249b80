"""Whether a text tells an exact place: whether it holds its coordinates, in full or in part, or one of its names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Double,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy import literal_column as sql

from exporter.database import fetch
from exporter.records.conditions import as_number, position
from exporter.selection import RecordRows
from exporter.sqlitetext import glob
from exporter_dwca.places import COORDINATES, NAMES_OF_PLACES, Places, decimals, settled
from exporter_dwca.protected import Condition

_CALLED = ("locality", "verbatim_locality")
_SHORTEST = 4  # characters of a name of a place that is looked for
_FINE = 4  # decimals of coordinates, some 10 metres, that are looked for in any text


class Exposure:
    """What the texts of some rows give away.

    :param strictest: the fewest decimals that a rule allows, or less than 0 for none.
    """

    def __init__(self, connection: Connection, records: Mapping[str, RecordRows], strictest: int, places: Places) -> None:
        self._connection = connection
        self._records = records
        self._strictest = strictest
        self._places = places
        self._known: dict[tuple[tuple[str, ...], int], CTE] = {}

    def described(self, words: str) -> int:
        """How many coordinates and names of covered places a text holds."""
        secrets = self._secrets(NAMES_OF_PLACES, max(2, self._strictest + 1))
        held = select(func.count()).select_from(secrets)
        found = held.where(position(self._connection, _dotted(literal(words)), secrets.c.text) > 0)
        return int(fetch(self._connection, found)[0][0])

    def names(self, text: ColumnElement[Any]) -> Condition:
        """That a text holds a name of a covered place, or its coordinates with many decimals."""
        return self._named([text], self._secrets(NAMES_OF_PLACES, _FINE))

    def figures(self, *texts: ColumnElement[Any]) -> Condition:
        """That one of some texts holds the coordinates of a covered place with many decimals, whoever's row it is."""
        secrets = self._secrets((), _FINE)
        return or_(*(and_(self._has_decimals(text), self._named([text], secrets)) for text in texts))

    def _has_decimals(self, text: ColumnElement[Any]) -> Condition:
        """That a text holds a number with many decimals: the others need no look at each place."""
        words, pattern = cast(text, Text), f"[0-9][.,_]{'[0-9]' * _FINE}"
        match self._connection.dialect.name:
            case "sqlite":
                return glob(words, f"*{pattern}*")
            case "postgresql":
                return words.op("~")(pattern)
        return words.bool_op("regexp")(pattern)

    def tells(self, row: RecordRows, texts: Sequence[ColumnElement[Any]], names: tuple[str, ...] = _CALLED) -> Condition:
        """That one of some texts of a row holds an exact place.

        Coordinates are looked for with few decimals where they are of the row itself, of its event, or of its occurrence or the
        event of that; with many, and names of places, wherever a covered event or occurrence has them.

        :param names: the fields that hold names of places.
        """
        told = [self._named(texts, self._secrets(names, _FINE))]
        event, occurrence = self._records.get("event"), self._records.get("occurrence")
        for record in (event, occurrence):
            if record is not None and record.has(*COORDINATES, f"{record.name}_id") and row.has(f"{record.name}_id"):
                there = record.in_project().subquery(f"told_{record.name}")
                told.append(self._holds(there, there.c[f"{record.name}_id"], row.columns[f"{record.name}_id"], texts))
        between = (
            occurrence is not None and occurrence is not row and occurrence.has("event_id") and row.has("occurrence_id")
        )
        if event is not None and occurrence is not None and between and event.has(*COORDINATES):
            found, there = occurrence.in_project().subquery("told_of"), event.in_project().subquery("told_of_event")
            joined = found.join(there, there.c["event_id"] == found.c["event_id"])
            told.append(self._holds(joined, found.c["occurrence_id"], row.columns["occurrence_id"], texts, there))
        return or_(*told)

    def _holds(
        self,
        rows: Any,
        id: ColumnElement[Any],
        of: ColumnElement[Any],
        texts: Sequence[ColumnElement[Any]],
        place: Any = None,
    ) -> Condition:
        """That one of some texts holds coordinates, finer than any rule allows, of the rows with an identifier.

        :param place: the part of the rows that has the coordinates.
        """
        digits = max(2, self._strictest + 1)
        columns = (rows if place is None else place).c
        figures = [figure for field in COORDINATES for figure in self._figures(columns[field], digits)]
        labelled = [figure.label(f"f{i}") for i, figure in enumerate(figures)]
        known = select(id.label("id"), *labelled).select_from(rows).subquery()
        found = [position(self._connection, _dotted(t), known.c[f.name]) > 0 for t in texts for f in labelled]
        return select(sql("1")).select_from(known).where(known.c.id == of, or_(false(), *found)).exists()

    def _named(self, texts: Sequence[ColumnElement[Any]], secrets: CTE) -> Condition:
        held = [position(self._connection, _dotted(text), secrets.c.text) > 0 for text in texts]
        return select(sql("1")).select_from(secrets).where(or_(false(), *held)).exists()

    def _secrets(self, names: tuple[str, ...], digits: int) -> CTE:
        """Names and coordinates of all places that are covered, as texts."""
        if (names, digits) not in self._known:
            found = []
            for rows in self._places.rows():
                words = [_dotted(func.trim(cast(rows.c[f], Text))) for f in names if f in rows.c]
                figures = [x for f in COORDINATES if f in rows.c for x in self._figures(rows.c[f], digits)]
                found += [select(each.label("text")).select_from(rows) for each in (*words, *figures)]
            every = union(*found, select(literal("").label("text"))).subquery("every_secret")
            long = select(every.c.text).where(func.length(every.c.text) >= sql(str(_SHORTEST)))
            self._known[names, digits] = settled(self._connection, long, f"place_secrets_{len(self._known)}")
        return self._known[names, digits]

    def _figures(self, column: ColumnElement[Any], digits: int) -> Iterator[ColumnElement[Any]]:
        """A coordinate as texts with some decimals, cut and rounded, without sign; NULL where no more is there than is shown."""
        given = as_number(self._connection, column)
        coarse = cast(decimals(self._connection, given, max(self._strictest, 0)), Double)
        fine = func.abs(given - coarse) > sql("0.0000001")
        for cut in (True, False):
            yield case((fine, decimals(self._connection, func.abs(given), digits, cut=cut)))


def _dotted(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text whose decimals have a point, however they were parted."""
    return func.replace(func.replace(func.lower(cast(text, Text)), ",", "."), "_", ".")
