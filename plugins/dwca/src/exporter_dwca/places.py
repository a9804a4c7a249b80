"""Which events and occurrences would tell where a sensitive taxon was found, and how much of their place may be told.

At the place of a protected occurrence are its event; what is below that; and whatever shares with one of these a locationID, a
locality, coordinates (to 6 decimals), a footprint, or a place in words. Above it are all events that these are part of, and what
shares its place with one of them. Beside it is what lies within 0.001 degrees of any of these: another visit, another fix of the
GPS. All of them are generalised, by the strictest rule that reaches them.

All this is one recursive expression in SQL. Events, occurrences that have a place of their own, and places are nodes, known by a
text; a link leads from one to another for who has at least some rank, and leaves him at most another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Numeric,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)  # fmt: skip

from exporter.context import ExportContext
from exporter.database import fetch, statement
from exporter.records.conditions import as_number
from exporter.selection import RecordRows
from exporter_dwca.protected import Condition

AT, ABOVE, BESIDE = 2, 1, 0  # ranks: who shares a place passes on his own, up to what a link allows
_SAME_PLACE = (
    ("location_id",),
    ("locality",),
    ("verbatim_locality",),
    ("verbatim_coordinates",),
    ("verbatim_latitude", "verbatim_longitude"),
    ("footprint_wkt",),
)
NAMES_OF_PLACES = ("location_id", "locality", "verbatim_locality")
COORDINATES = ("decimal_latitude", "decimal_longitude")
_PLACED = ("decimal_latitude", *(group[0] for group in _SAME_PLACE))
_EXACT = 1_000_000  # steps of a degree: two places of 6 decimals are one
_NEAR = (
    1_000  # steps of a degree: what lies in a neighbouring cell is less than 220 metres away, what does not more than 110
)
_LISTED = 2_000  # rows or nodes that are listed in statements; beyond, each statement works them out


def whole(connection: Connection, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The whole number that is not above a positive one; NULL for one that is too large to be anywhere on Earth."""
    down = cast(value if connection.dialect.name == "sqlite" else func.floor(value), BigInteger)
    return case((value < literal_column("1e10"), down))


def decimals(connection: Connection, exact: ColumnElement[Any], digits: int, *, cut: bool = False) -> ColumnElement[Any]:
    """A number as text with so many decimals; a half goes away from 0.

    :param cut: whether what follows them is cut off, in place of rounding.
    """
    name = connection.dialect.name
    if name == "sqlite":  # in binary a half may be a little less than one, and the sum makes no -0.0
        given = exact * literal_column("1.000000000000001") + literal_column("0.0")
        if not cut:
            text = func.printf(f"%.{digits}f", func.round(given, digits) + literal_column("0.0"))
            return case((exact.is_not(None), text))
        long = func.printf("%.9f", given)
        return case((exact.is_not(None), func.substr(long, 1, func.length(long) - literal_column(str(9 - digits)))))
    decimal = cast(exact, Numeric if name == "postgresql" else Numeric(20, 10))
    shorter = (func.trunc if name == "postgresql" else func.truncate) if cut else func.round
    return cast(shorter(decimal, digits), Text)


class Places:
    """The events and occurrences whose places are to be generalised, as expressions with the columns `id` and `level`.

    :param protected: which occurrences are of sensitive taxa, by level: the decimals that a place keeps, or less than 0 for none.
    """

    def __init__(self, ctx: ExportContext, records: Mapping[str, RecordRows], protected: Mapping[int, Condition]) -> None:
        self._connection = ctx.connection
        self._records = records
        self._protected = protected
        event, occurrence = records.get("event"), records["occurrence"]
        self._event = event.in_project().subquery("place_event") if event is not None else None
        self._occurrence = occurrence.in_project().subquery("place_occurrence")
        self._placed = any(f in self._occurrence.c for f in _PLACED)  # whether occurrences have places of their own

    @cached_property
    def events(self) -> CTE | None:
        """The events that are reached; None where the source has none."""
        if self._event is None:
            return None
        id, node = self._event.c["event_id"], self._node("event", self._event.c["event_id"])
        found = select(id.label("id"), self._reached.c.level)
        reached = found.join_from(self._event, self._reached, self._reached.c.node == node)
        return settled(self._connection, _strictest(reached), "covered_event")

    @cached_property
    def occurrences(self) -> CTE:
        """The occurrences of these events, those of sensitive taxa, and those whose own place is reached."""
        id = self._occurrence.c["occurrence_id"]
        row = self._records["occurrence"]
        own = row.in_project().where(or_(*self._protected.values()))
        told = (row.columns["occurrence_id"].label("id"), self._level().label("level"))
        parts = [own.with_only_columns(*told, maintain_column_froms=True)]
        if self.events is not None and "event_id" in self._occurrence.c:
            of_event = self.events.c.id == self._occurrence.c["event_id"]
            parts.append(select(id.label("id"), self.events.c.level).join_from(self._occurrence, self.events, of_event))
        if self._placed:
            reached = self._reached.c.node == self._own_node()
            parts.append(select(id.label("id"), self._reached.c.level).join_from(self._occurrence, self._reached, reached))
        return settled(self._connection, _strictest(union_all(*parts)), "covered_occurrence")

    def rows(self) -> Iterator[Subquery]:
        """The rows that are reached and have places of their own, with all their columns."""
        for row, node in self._rows():
            joined = row.join(self._reached, self._reached.c.node == node)
            yield select(*row.c).select_from(joined).subquery(f"{row.name}_covered")

    def _level(self) -> ColumnElement[Any]:
        """The strictest precision of the rules that cover an occurrence."""
        return case(*((where, literal_column(str(digits))) for digits, where in sorted(self._protected.items())))

    # --- nodes

    def _node(self, kind: str, *parts: ColumnElement[Any]) -> ColumnElement[Any]:
        """What a row or a place is known by. Servers digest it: MariaDB cuts what is longer than the first row of a recursion."""
        words: ColumnElement[Any] = literal(kind)
        for part in parts:
            words = words.concat(literal(":")).concat(func.lower(func.trim(cast(part, Text))))
        return words if self._connection.dialect.name == "sqlite" else func.md5(words)

    def _own_node(self) -> ColumnElement[Any]:
        return self._node("occurrence", self._occurrence.c["_key"])

    def _rows(self) -> Iterator[tuple[Subquery, ColumnElement[Any]]]:
        """The rows that have places, and what each is known by."""
        if self._event is not None:
            yield self._event, self._node("event", self._event.c["event_id"])
        if self._placed:
            yield self._occurrence, self._own_node()

    def _event_of(self, row: Subquery, field: str, alias: str) -> tuple[Any, ColumnElement[Any]]:
        """A row joined to the event that it names, as the database compares identifiers; and the node of that event."""
        event = self._records.get("event")
        if event is None:
            return row, self._node("event", row.c[field])
        named = event.in_project().subquery(alias)
        return row.join(named, named.c["event_id"] == row.c[field]), self._node("event", named.c["event_id"])

    # --- links

    def _links(self) -> CTE:
        """Two links for each row and each place that it has, and for each row and its event or parent."""
        found: list[Select[Any]] = []
        for row, node in self._rows():
            for place, known in self._places(row):
                found += [_link(row, known, node, place, ABOVE, AT), _link(row, known, place, node, ABOVE, AT)]
        if self._event is not None and "parent_event_id" in self._event.c:
            found += self._family(self._event, self._node("event", self._event.c["event_id"]), "parent_event_id")
        if self._placed and "event_id" in self._occurrence.c:
            found += self._family(self._occurrence, self._own_node(), "event_id")
        nothing = select(literal("").label("origin"), literal("").label("target"), _integer(9, "least"), _integer(0, "most"))
        return union_all(*found, nothing).cte("place_links")

    def _family(self, row: Subquery, node: ColumnElement[Any], field: str) -> list[Select[Any]]:
        joined, above = self._event_of(row, field, f"{row.name}_above")
        known = row.c[field].is_not(None)
        return [_link(joined, known, above, node, AT, AT), _link(joined, known, node, above, ABOVE, ABOVE)]

    def _places(self, row: Subquery) -> Iterator[tuple[ColumnElement[Any], Condition]]:
        """The places that a row has, and whether it has each."""
        for fields in _SAME_PLACE:
            if all(f in row.c for f in fields):
                parts = [row.c[f] for f in fields]
                yield self._node(fields[0], *parts), and_(*(func.trim(cast(p, Text)) != "" for p in parts))
        if all(f in row.c for f in COORDINATES):
            cells = self._cells(row, _EXACT)
            yield self._node("coordinates", *cells), and_(*(c.is_not(None) for c in cells))

    def _cells(self, row: Subquery, steps: int) -> list[ColumnElement[Any]]:
        """Latitude and longitude as whole numbers of steps, none below 0."""
        half: ColumnElement[Any] = literal_column("0.5") if steps == _EXACT else literal_column("0")
        return [
            whole(
                self._connection,
                (as_number(self._connection, row.c[f]) + literal_column("1000")) * literal_column(f"{steps}.0") + half,
            )
            for f in COORDINATES
        ]

    # --- what is reached

    @cached_property
    def _reached(self) -> CTE:
        """Every node that is reached, with the strictest level."""
        seeds = union_all(*self._seeds()).cte("place_seeds")
        links = self._links()
        reached = select(seeds.c.node, seeds.c.level, seeds.c.rank).cte("place_reached", recursive=True)
        rank = case((reached.c.rank < links.c.most, reached.c.rank), else_=links.c.most)
        way = and_(links.c.origin == reached.c.node, links.c.least <= reached.c.rank)
        reached = reached.union(select(links.c.target, reached.c.level, rank).join_from(reached, links, way))
        every: Any = select(reached.c.node, reached.c.level)
        if any(all(f in row.c for f in COORDINATES) for row, _ in self._rows()):
            every = union_all(every, self._beside(reached))
        return settled(self._connection, _strictest(every), "place_level")

    def _seeds(self) -> Iterator[Select[Any]]:
        """The events of protected occurrences, and these themselves where they have places."""
        row = self._records["occurrence"]
        own = row.in_project().where(or_(*self._protected.values()))
        level, rank = self._level().label("level"), _integer(AT, "rank")
        rows = own.with_only_columns(
            *(row.columns[f] for f in ("event_id", "_key") if f in row.columns), level, rank, maintain_column_froms=True
        ).subquery("protected")
        if "event_id" in rows.c:
            joined, node = self._event_of(rows, "event_id", "protected_event")
            yield (
                select(node.label("node"), rows.c.level, rows.c.rank)
                .select_from(joined)
                .where(rows.c["event_id"].is_not(None))
            )
        if self._placed or "event_id" not in rows.c:
            yield select(self._node("occurrence", rows.c["_key"]).label("node"), rows.c.level, rows.c.rank)

    def _beside(self, reached: CTE) -> Select[Any]:
        """What lies in the cell of a reached row or in one of the eight around it."""
        rows = [
            select(node.label("node"), *(c.label(n) for c, n in zip(self._cells(row, _NEAR), "yx", strict=True)))
            for row, node in self._rows()
            if all(f in row.c for f in COORDINATES)
        ]
        cells = union_all(*rows).cte("place_cells")
        own, near = cells.alias("own_cell"), cells.alias("near_cell")
        steps = [select(_integer(dy, "dy"), _integer(dx, "dx")) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        around = union_all(*steps).cte("place_around")
        occupied = select(own.c.y, own.c.x, reached.c.level).join_from(reached, own, own.c.node == reached.c.node)
        taken = occupied.where(own.c.y.is_not(None), own.c.x.is_not(None)).distinct().subquery("place_taken")
        wide = select((taken.c.y + around.c.dy).label("y"), (taken.c.x + around.c.dx).label("x"), taken.c.level)
        area = (
            wide.select_from(taken.join(around, literal_column("1") == literal_column("1")))
            .distinct()
            .subquery("place_area")
        )
        there = and_(near.c.y == area.c.y, near.c.x == area.c.x)
        return select(near.c.node, area.c.level).join_from(area, near, there)


def _strictest(query: Any) -> Select[Any]:
    """Each row once, with its lowest level: by a window, as MariaDB takes a grouped minimum for one of the statement around it."""
    every = query.subquery("every_level")
    first = every.c[every.c.keys()[0]]
    lowest = func.min(every.c.level).over(partition_by=first).label("level")
    return select(first, lowest).where(first.is_not(None)).distinct()


def settled(connection: Connection, query: Select[Any], name: str) -> CTE:
    """A query as an expression that is worked out once: a list of what it gives, where that is short, else its own text.

    A list is what a server can compare as it stands: whole numbers and plain texts.
    """
    body = statement(connection, query)
    columns = [column(str(c.key), c.type) for c in query.selected_columns]
    rows = fetch(connection, f"{body} LIMIT {_LISTED + 1}")
    if 0 < len(rows) <= _LISTED and all(map(_is_plain, chain.from_iterable(rows))):
        body = _values(connection, rows, [str(c.key) for c in columns])
    found = text(body.replace(":", "\\:")).columns(*columns).cte(name)
    for dialect in ("sqlite", "postgresql"):
        found = found.prefix_with("MATERIALIZED", dialect=dialect)
    return found


def _values(connection: Connection, rows: Sequence[Sequence[Any]], names: Sequence[str]) -> str:
    """Rows as a query of literals. SQLite makes an index on those whose first row tells a type, and would else search them all."""
    sqlite = connection.dialect.name == "sqlite"
    first = [cast(literal(v), Integer if isinstance(v, int) else Text) if sqlite else literal(v) for v in rows[0]]
    head = statement(connection, select(*(value.label(name) for value, name in zip(first, names, strict=True))))
    others = [f"({', '.join(statement(connection, literal(value)) for value in row)})" for row in rows[1:]]
    return f"{head} UNION ALL VALUES {', '.join(others)}" if others else head


def _is_plain(value: Any) -> bool:
    """Whether a value that was read is, as a literal, the value that stands there: none that was mended on its way."""
    return type(value) is int or (isinstance(value, str) and "\ufffd" not in value and "\0" not in value)


def _integer(value: int, name: str) -> ColumnElement[Any]:
    return literal_column(str(value), Integer).label(name)


def _link(
    row: Any, known: Condition, origin: ColumnElement[Any], target: ColumnElement[Any], least: int, most: int
) -> Select[Any]:
    """One link for each row that a condition knows.

    :param least: the rank that who passes must have; :param most: the rank that he has afterwards, if his own is not lower.
    """
    ends = (origin.label("origin"), target.label("target"))
    return select(*ends, _integer(least, "least"), _integer(most, "most")).select_from(row).where(known)
