"""Places of sensitive taxa: what an archive shows of them, cell by cell, and what it leaves out.

Coordinates are rounded (Chapman 2020, Current Best Practices for Generalizing Sensitive Species Occurrence Data, 2.2 and 4.2) or
withheld. Every cell that is not known to be safe is left empty, media are left out, and both are said in dataGeneralizations and
informationWithheld. Which rows this concerns stands in `exporter_dwca.places`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import literal_column as sql

from exporter import cells, postgresqltext
from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.records import Field
from exporter.records.conditions import as_number
from exporter.report import Finding
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.tables import Value
from exporter_dwca.exposure import Exposure
from exporter_dwca.places import NAMES_OF_PLACES, Places, decimals, whole
from exporter_dwca.protected import Condition, protected
from exporter_dwca.safe import COUNTRY, FREE, OF_MEDIA, SAFE, TOLD
from exporter_dwca.sensitive import WITHHOLD, SensitiveTaxa

GENERALIZED = "COORDINATES_GENERALIZED"
WITHHELD = "PLACE_WITHHELD"
_UNSTATED = 30  # metres: of coordinates that say nothing of it, those of a GPS (Chapman & Wieczorek 2020, 3.4)
_BAND = 5  # degrees of latitude that share an uncertainty, that of the widest place among them
_PLACE_WORDS = (
    "latitude", "longitude", "coord", "locality", "location", "place", "gps", "position", "utm", "easting", "northing", "grid",
    "elevation", "altitude", "depth", "geo", "footprint", "address", "county", "municipality", "site", "what3words", "plus code",
)  # fmt: skip
_LATITUDE, _LONGITUDE = "decimalLatitude", "decimalLongitude"
_UNCERTAINTY, _PRECISION = "coordinateUncertaintyInMeters", "coordinatePrecision"
_REMARKS = ("dataGeneralizations", "informationWithheld")


def generalization(ctx: ExportContext, records: Mapping[str, RecordRows]) -> Generalization | None:
    """What the option `generalize` asks for, made once in a run; None where it was not given, or no taxon of the list is there."""
    listed: SensitiveTaxa | None = getattr(ctx.options, "sensitive", None)
    if listed is None:
        return None
    if not ctx.checked:
        hint = "Whether an identifier tells a place is a check. Take one of the two."
        raise InputError("--generalize protects nothing without its checks, and --no-check leaves them out.", hint=hint)
    if not listed.used:
        where = protected(ctx, records, listed.rules)
        listed.used.append(_made(ctx, records, where) if where else None)
    found: Generalization | None = listed.used[0]
    return found


def _made(ctx: ExportContext, records: Mapping[str, RecordRows], where: Mapping[int, Condition]) -> Generalization:
    levels, places = tuple(sorted(where)), Places(ctx, records, where)
    return Generalization(ctx, records, levels, places, Exposure(ctx.connection, records, levels[0], places))


@attrs.frozen(eq=False)
class Generalization:
    """The rows of a run that tell the place of a sensitive taxon.

    :param levels: the precisions that the rules ask for: decimals, or `WITHHOLD`.
    """

    ctx: ExportContext
    records: Mapping[str, RecordRows]
    levels: tuple[int, ...]
    places: Places
    exposure: Exposure

    # --- which rows

    def _covers(self, row: RecordRows) -> Iterator[tuple[CTE, str]]:
        """The expressions that hold rows of a record, and by which of its fields."""
        if self.places.events is not None and row.has("event_id") and row.name != "occurrence":
            yield self.places.events, "event_id"
        if row.has("occurrence_id"):
            yield self.places.occurrences, "occurrence_id"

    def _covered(self, row: RecordRows, only: Callable[[ColumnElement[Any]], Condition] | None = None) -> Condition:
        """That a row is among those, with a level that a condition allows."""
        ids = []
        for cover, field in self._covers(row):
            found = select(cover.c.id).where(cover.c.id.is_not(None))
            ids.append(row.columns[field].in_(found if only is None else found.where(only(cover.c.level))))
        return or_(false(), *ids)

    # --- rules: what is counted, and what is left out

    def rules(self) -> list[Rule]:
        """How many rows are generalised or withheld, which are left out for it, and where the place stands all the same."""
        found = [
            rule for name in ("event", "occurrence") if name in self.records for rule in self._counts(self.records[name])
        ]
        if "media" in self.records:
            message = "The medium was made where a sensitive taxon was found and may show the place; it was left out."
            found.append(Rule("media", "MEDIA_WITHHELD", message, "info", where=self._covered(self.records["media"])))
        if "measurement" in self.records:
            found.append(self._measurements(self.records["measurement"]))
        found += [rule for row in self.records.values() for rule in self._remarked(row)]
        self._note_metadata()
        return [*found, *(self._identifiers(row) for row in self.records.values() if row.name in SAFE)]

    def _remarked(self, row: RecordRows) -> Iterator[Rule]:
        """Texts of rows that are not covered which tell a place that is."""
        elsewhere = ~func.coalesce(self._covered(row), false())  # a row may name no occurrence
        texts = [row.columns[f.name] for f in row.fields if self._is_told(row, f.spelling)]
        if texts:
            message = (
                f"A text of the {row.name} holds the coordinates of a sensitive taxon found elsewhere; it was left empty."
            )
            where = and_(elsewhere, self.exposure.figures(*texts))
            yield Rule(row.name, "PLACE_IN_REMARKS", message, "info", where=where, drop=False)
        remarks = [row.columns[f.name] for f in row.fields if f.spelling in TOLD]
        if remarks:
            message = (
                f"A remark of the {row.name} names the place of a sensitive taxon found elsewhere; it is written as it is."
            )
            where = and_(elsewhere, or_(*map(self.exposure.names, remarks)))
            yield Rule(row.name, "PLACE_NAMED_IN_REMARKS", message, "warning", where=where, drop=False)

    def _is_told(self, row: RecordRows, header: str) -> bool:
        """Whether a text of a row that is not covered is looked through for places that are."""
        if header in SAFE.get(row.name, OF_MEDIA) or header in (_LATITUDE, _LONGITUDE):
            return False
        return all(f.type is str for f in row.bound.schema.fields.values() if f.spelling == header)

    def _counts(self, row: RecordRows) -> Iterator[Rule]:
        about = f"The {row.name} is of a sensitive taxon or would tell where one was found"
        if self._digits():
            message = f"{about}; its coordinates were rounded, the rest of its place withheld."
            where = self._covered(row, lambda level: level > sql(str(WITHHOLD)))
            yield Rule(row.name, GENERALIZED, message, "info", where=where, drop=False)
        if WITHHOLD in self.levels:
            where = self._covered(row, lambda level: level == sql(str(WITHHOLD)))
            yield Rule(row.name, WITHHELD, f"{about}; its place was withheld.", "info", where=where, drop=False)

    def _measurements(self, row: RecordRows) -> Rule:
        """Those that are a place by their type, or that hold one in their texts."""
        message = "The measurement tells the place of a sensitive taxon; it was left out."
        place: list[Condition] = [false()]
        for field in ("measurement_type", "measurement_type_id"):
            if row.has(field):
                name = func.lower(cast(row.columns[field], Text))
                place += [name.like(f"%{word}%") for word in _PLACE_WORDS]
        texts = [row.columns[f.name] for f in row.fields if f.spelling in SAFE["measurement"] and f.type is str]
        place.append(self.exposure.tells(row, texts, NAMES_OF_PLACES))
        where = and_(self._covered(row), or_(*place))
        return Rule(row.name, "MEASUREMENT_WITHHELD", message, "info", where=where)

    def _identifiers(self, row: RecordRows) -> Rule:
        names = ["occurrence_id", "measurement_id", "catalog_number", "record_number"]
        if (
            row.name == "event" or self.ctx.options.core == "occurrence"
        ):  # else they are those of an event that is looked at itself
            names += ["event_id", "parent_event_id"]
        texts = [row.columns[f] for f in names if row.has(f)]
        message = (
            f"An identifier of the {row.name} holds the coordinates or the locality of a sensitive taxon. Identifiers cannot be "
            "generalised: map others that hold no place."
        )
        told = self.exposure.tells(row, texts)
        event = self.records.get("event")
        lends = row.name == "occurrence" and self.ctx.options.core == "occurrence" and row.has("event_id")
        if lends and event is not None and event.has("parent_event_id"):
            above = self._covered(event) & self.exposure.tells(event, [event.columns["parent_event_id"]])
            lent = event.in_project().where(above).with_only_columns(event.columns["event_id"], maintain_column_froms=True)
            told = or_(told, row.columns["event_id"].in_(lent))
        where = and_(self._covered(row), told)
        return Rule(row.name, "PLACE_IN_IDENTIFIER", message, "error", where=where, drop=False)

    def _note_metadata(self) -> None:
        """What the host says of the whole data set is written as it is; say so where it tells a place, and not which."""
        words = " ".join(_words(attrs.asdict(self.ctx.document("dataset")))).replace("\0", " ")
        count = self.exposure.described(words)
        if count:
            message = "The description of the data set, which becomes eml.xml, tells the place of a sensitive taxon."
            self.ctx.report.add(Finding("warning", "PLACE_IN_METADATA", message, count, part="eml.xml", action="kept"))

    # --- cells

    def cover(self, query: Select[Any], values: dict[str, Value], row: RecordRows, *, lent: bool = False) -> Select[Any]:
        """Put into the cells of a table what may be shown; the query knows afterwards which rows are concerned.

        :param query: of `row`, the table's own record.
        :param values: by header; changed in place.
        :param lent: whether the rows of the query have theirs from `row`, one of several that it joins.
        """
        levels: list[ColumnElement[Any]] = []
        for cover, field in (
            self._covers(row) if row.name != "media" else ()
        ):  # a rule has left out all media that are covered
            if lent:
                levels.append(select(cover.c.level).where(cover.c.id == row.columns[field]).scalar_subquery())
                continue
            query = query.outerjoin_from(row.alias, cover, cover.c.id == row.columns[field])
            levels.append(cover.c.level)
        if not levels:
            for header in (h for h in values if self._is_told(row, h)):
                values[header] = _when(values[header], ~self.exposure.figures(values[header].expression))
            return query
        level: ColumnElement[Any] = levels[0]
        for other in levels[1:]:
            level = case((other.is_(None), level), (level.is_(None), other), (level < other, level), else_=other)
        shown = self._shown(values, row, level)
        safe = SAFE.get("occurrence" if lent else row.name, frozenset())
        for header, each in values.items():
            if header in COUNTRY and row.name in ("event", "occurrence"):
                shown.setdefault(header, _when(each, or_(level.is_(None), level > WITHHOLD)))
            elif header in FREE:
                shown.setdefault(header, _when(each, or_(level.is_(None), ~self.exposure.names(each.expression))))
            elif header not in safe:
                silent = [~self.exposure.figures(each.expression)] if self._is_told(row, header) else []
                shown.setdefault(header, _when(each, and_(level.is_(None), *silent)))
        values.update(shown)
        return query

    def _shown(self, values: Mapping[str, Value], row: RecordRows, level: ColumnElement[Any]) -> dict[str, Value]:
        """The cells that say something new of a place."""
        if row.name not in ("event", "occurrence"):
            return {}
        shown = self._remarks(values, level)
        if _LATITUDE in values and _LONGITUDE in values:
            for header in (_LATITUDE, _LONGITUDE):
                shown[header] = self._coordinate(values[header], header, row, level)
            shown[_UNCERTAINTY] = self._uncertainty(values, row, level)
        if _PRECISION in values:
            given = values[_PRECISION]
            stated = [
                (level == sql(str(d)), self._like(sql(f"{10.0**-d:g}"), given, _PRECISION, row)) for d in self._digits()
            ]
            shown[_PRECISION] = Value(case((level.is_(None), given.expression), *stated), field=given.field)
        return shown

    def _digits(self) -> list[int]:
        return [level for level in self.levels if level > WITHHOLD]

    def _coordinate(self, given: Value, header: str, row: RecordRows, level: ColumnElement[Any]) -> Value:
        """As text: what stands there, or so many decimals of it as are shown."""
        connection = self.ctx.connection
        field = self.ctx.source.family.records["event"].resolve(header)
        text = cells.sql_text(connection, field, given.expression, self._type(row, field.name))
        exact = as_number(connection, given.expression)
        shown = [(level == sql(str(d)), decimals(connection, exact, d)) for d in self._digits()]
        return Value(case((level.is_(None), text), *shown), text_only=True, field=Field(field.name, str))

    def _uncertainty(self, values: Mapping[str, Value], row: RecordRows, level: ColumnElement[Any]) -> Value:
        """Whole metres: what was given, and how far the farthest point is that is rounded to the same."""
        connection = self.ctx.connection
        given = values.get(_UNCERTAINTY)
        latitude, longitude = (as_number(connection, values[h].expression) for h in (_LATITUDE, _LONGITUDE))
        stated: ColumnElement[Any] = sql(str(_UNSTATED))
        if given is not None:
            metres = as_number(connection, given.expression)
            stated = case((metres > sql("0"), whole(connection, metres + sql("0.999999"))), else_=stated)
        hidden = [
            (level == sql(str(d)), stated + self._hidden(cast(decimals(connection, latitude, d), Double), d))
            for d in self._digits()
        ]
        known = and_(latitude.is_not(None), longitude.is_not(None))
        told = case((known, cast(case(*hidden, else_=None), Integer))) if hidden else cast(None, Integer)
        if given is None:
            return Value(case((level.is_not(None), told)))
        return Value(
            case((level.is_(None), given.expression), else_=self._like(told, given, _UNCERTAINTY, row)), field=given.field
        )

    def _hidden(self, latitude: ColumnElement[Any], digits: int) -> ColumnElement[Any]:
        """Metres from the middle to a corner of the cell of points that are rounded to one, by the latitude that is shown."""
        size = func.abs(latitude)
        bands: list[Any] = [
            (size < sql(str(low + _BAND)), sql(str(hidden_metres(digits, low)))) for low in range(0, 90, _BAND)
        ]
        return case(*bands, else_=sql(str(hidden_metres(digits, 90 - _BAND))))

    def _remarks(self, values: Mapping[str, Value], level: ColumnElement[Any]) -> dict[str, Value]:
        """What was done, in place of what the source may say there, which may tell the place."""
        done = [
            (level == sql(str(d)), literal(f"Coordinates rounded to {10.0**-d:g} degree{'s' if d else ''}"))
            for d in self._digits()
        ]
        kept = "Exact place, names of places, remarks and media withheld: a sensitive taxon"
        gone = "Coordinates, all other terms of the place, remarks and media withheld: a sensitive taxon"
        told = [(level > sql(str(WITHHOLD)), literal(kept)), (level == sql(str(WITHHOLD)), literal(gone))]
        found = {}
        for header, words in zip(_REMARKS, (done, told), strict=True):
            given = cast(values[header].expression, Text) if header in values else None
            before = [] if given is None else [(and_(level.is_(None), ~self.exposure.figures(given)), given)]
            if before or words:
                found[header] = Value(case(*before, *words), text_only=True)
        return found

    def _type(self, row: RecordRows, field: str) -> Any:
        """The driver's type of a field, which with an occurrence core the event may lend."""
        lender = row if row.has(field) or "event" not in self.records else self.records["event"]
        return lender.bound.types.get(field)

    def _like(self, new: ColumnElement[Any], given: Value, header: str, row: RecordRows) -> ColumnElement[Any]:
        """A number with the type of the column in whose place it stands, where PostgreSQL has to be told."""
        name = self.ctx.source.family.records["event"].resolve(header).name
        text = self.ctx.connection.dialect.name == "postgresql" and self._type(row, name) in postgresqltext.TEXT_TYPES
        return cast(new, Text) if text else new


def _when(each: Value, condition: Condition) -> Value:
    """A value where a condition holds, else nothing."""
    return Value(case((condition, each.expression)), each.minted, each.text_only, each.field)


def hidden_metres(digits: int, latitude: float) -> int:
    """Half the diagonal of a cell of 10^-digits degrees, at a latitude or up to 5 degrees farther from the equator, in metres.

    A point is at most so far from the one that it is rounded to. Degrees are those of the WGS84 ellipsoid; the longer ones count.
    """
    low, high = math.radians(latitude), math.radians(min(latitude + _BAND, 90))
    axis, squared = 6_378_137.0, 0.00669437999014  # metres; square of the eccentricity
    north = axis * (1 - squared) / (1 - squared * math.sin(high) ** 2) ** 1.5
    east = axis * math.cos(low) / math.sqrt(1 - squared * math.sin(high) ** 2)
    return math.ceil(math.radians(10.0**-digits) * math.hypot(north, east) / 2)


def _words(value: Any) -> Iterator[str]:
    """All texts and numbers of a document."""
    match value:
        case Mapping():
            for each in value.values():
                yield from _words(each)
        case list() | tuple():
            for each in value:
                yield from _words(each)
        case str() | int() | float():
            yield str(value)
