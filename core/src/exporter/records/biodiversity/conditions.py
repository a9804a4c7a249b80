"""The SQL of the biodiversity filters: one implementation for preview, count, export and worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
)

from exporter.database import fetch
from exporter.errors import InputError
from exporter.records.biodiversity.filters import Filters
from exporter.records.conditions import Condition, is_true, kept, needed, needed_number, position
from exporter.selection import RecordRows

RANKS = ("kingdom", "phylum", "class_", "order", "family", "genus")


def conditions(filters: Filters, rows: Mapping[str, RecordRows], connection: Connection) -> dict[str, list[Condition]]:
    """The conditions of the filters that are set, by record.

    :raises InputError: when the source lacks the field that a filter needs, or a taxon that is named.
    """
    place = "event" if "event" in rows else "occurrence"
    found: dict[str, list[Condition]] = {place: [], "occurrence": []}
    if filters.events:
        column = needed(rows, place, "event_id", "events")
        if "event_id" in rows[place].bound.minted and any(e.startswith("urn:uuid:") for e in filters.events):
            raise InputError(
                "The filter 'events' takes the source's own keys here: the identifiers in the archive are made from them.",
                hint="For instance: --filter events=5",
            )
        found[place].append(column.in_(kept(rows[place], "event_id", filters.events)))
    if filters.sites:
        column = needed(rows, place, "location_id", "sites")
        found[place].append(column.in_(kept(rows[place], "location_id", filters.sites)))
    if filters.date_from is not None or filters.date_to is not None:
        found[place] += _dates(filters, rows, place, connection)
    if filters.bounding_box:
        found[place].append(_box(rows, place, filters.bounding_box, connection))
    if filters.taxa:
        found["occurrence"].append(_taxa(filters.taxa, rows, connection))
        found["target"] = _targets(filters.taxa, rows)
    if filters.verified is not None:
        found["occurrence"].append(_verified(rows, filters.verified, connection))
    if filters.min_score is not None:
        score = needed_number(rows, "occurrence", "score", "min_score", connection)
        found["occurrence"].append(score >= filters.min_score)
    return {name: conditions for name, conditions in found.items() if conditions}


def _dates(filters: Filters, rows: Mapping[str, RecordRows], place: str, connection: Connection) -> list[Condition]:
    begin, end = _interval(rows, place, connection)
    wanted = []
    if filters.date_from is not None:
        wanted.append(end >= filters.date_from.isoformat())
    if filters.date_to is not None:
        wanted.append(begin <= filters.date_to.isoformat())
    return wanted


def _interval(
    rows: Mapping[str, RecordRows], place: str, connection: Connection
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The first and the last day of an event as ISO texts."""
    row = rows.get(place)
    if row is not None and row.has("event_start"):
        begin = cast(row.columns["event_start"], String)
        last = func.coalesce(cast(row.columns["event_end"], String), begin) if row.has("event_end") else begin
        return func.substr(begin, 1, 10), func.substr(last, 1, 10)
    date = cast(needed(rows, place, "event_date", "date_from or date_to"), String)
    slash = position(connection, date, "/")
    end = case((slash > 0, func.substr(date, slash + 1, 10)), else_=func.substr(date, 1, 10))
    return func.substr(date, 1, 10), end


def _box(
    rows: Mapping[str, RecordRows], place: str, box: tuple[float, float, float, float], connection: Connection
) -> Condition:
    west, south, east, north = box
    if south > north or not (south >= -90 and north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise InputError("The filter 'bounding_box' takes west,south,east,north in degrees, with south <= north.")
    latitude = needed_number(rows, place, "decimal_latitude", "bounding_box", connection)
    longitude = needed_number(rows, place, "decimal_longitude", "bounding_box", connection)
    across = or_(longitude >= west, longitude <= east) if west > east else longitude.between(west, east)
    return and_(latitude.between(south, north), across)


def _taxa(names: tuple[str, ...], rows: Mapping[str, RecordRows], connection: Connection) -> Condition:
    row = rows.get("occurrence")
    if row is not None and row.has("taxon_id") and "taxon" in rows and rows["taxon"].has("taxon_id", "parent_taxon_id"):
        return _taxa_below(names, rows, connection)
    known = [f for f in (*RANKS, "taxon_id") if row is not None and row.has(f)]
    columns = [needed(rows, "occurrence", f, "taxa") for f in known]
    if not columns or (row is not None and row.has("scientific_name")):
        columns.append(needed(rows, "occurrence", "scientific_name", "taxa"))
    for name in names:
        named = or_(*(cast(c, String) == name for c in columns))
        if row is not None and not fetch(connection, select(row.key).where(named).limit(1)):
            raise InputError(
                f"The filter 'taxa' names '{name}', which no occurrence of this source has as name, rank or id."
            )
    return or_(*(cast(c, String).in_(names) for c in columns))


def _targets(names: tuple[str, ...], rows: Mapping[str, RecordRows]) -> list[Condition]:
    """What was looked for among these taxa; a target that says neither id nor name is none of them."""
    target, taxon = rows.get("target"), rows.get("taxon")
    if target is None:
        return []
    known = [f for f in (*RANKS, "taxon_id", "scientific_name") if target.has(f)]
    same = [cast(target.columns[f], String).in_(names) for f in known]
    if taxon is not None and target.has("taxon_id") and taxon.has("taxon_id", "parent_taxon_id"):
        tree = below(taxon, or_(*(_named(taxon, n) for n in names)), "targets_below")
        same.append(target.columns["taxon_id"].in_(select(tree.c.id)))
    return [or_(false(), *same)]


def _taxa_below(names: tuple[str, ...], rows: Mapping[str, RecordRows], connection: Connection) -> Condition:
    taxon = rows["taxon"]
    for name in names:
        if not fetch(connection, select(taxon.alias.c["taxon_id"]).where(_named(taxon, name)).limit(1)):
            raise InputError(f"The filter 'taxa' names '{name}', which is no taxon of this source (neither id nor name).")
    tree = below(taxon, or_(*(_named(taxon, n) for n in names)), "taxa_below")
    condition: Condition = rows["occurrence"].columns["taxon_id"].in_(select(tree.c.id))
    return condition


def below(taxon: RecordRows, named: Condition, name: str) -> CTE:
    """The taxa that a condition names, with all that is below them where the source knows parents; one column, `id`.

    :param name: of the expression, which a statement may hold once only.
    """
    tree = select(taxon.columns["taxon_id"].label("id")).where(named).cte(name, recursive=True)
    if not taxon.has("parent_taxon_id"):
        return tree
    under = RecordRows(taxon.bound, taxon.bound.subquery(f"{name}_next"))
    descend = select(under.columns["taxon_id"]).join_from(under.alias, tree, under.columns["parent_taxon_id"] == tree.c.id)
    return tree.union(descend)


def _named(taxon: RecordRows, name: str) -> Condition:
    same_id: Condition = cast(taxon.columns["taxon_id"], String) == name
    return or_(same_id, taxon.columns["scientific_name"] == name) if taxon.has("scientific_name") else same_id


def _verified(rows: Mapping[str, RecordRows], wanted: bool, connection: Connection) -> Condition:
    row = rows.get("occurrence")
    if row is not None and row.has("verified"):
        return is_true(row, "verified", wanted, connection)
    status: ColumnElement[str] = needed(rows, "occurrence", "identification_verification_status", "verified")
    return status == "verified" if wanted else func.coalesce(status, "") != "verified"
