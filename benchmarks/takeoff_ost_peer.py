"""A takeoff as people write XML by hand: f-strings, an escape function, and the geometry's JSON read with a library.

    python takeoff_ost_peer.py json|orjson DATABASE OUTPUT

The first project of the database, with the elements that the exporter writes of it, in their order. Nothing is looked at: a text
that XML cannot hold, a shape that its type does not have or a number that is none breaks the file or the run.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

Row = tuple[Any, ...]
Loads = Callable[[str], Any]
BLOCK = 4_000
PROJECT = "select title, about, customer, id from projects where id = 1"
CONDITIONS = """
select c.id, c.name, c.kind, c.uom, c.colour, c.details, t.total, c.trade, c.category, c.depth, c.thickness, c.building,
    c.zone, c.level, t.drawn, a.material, a.labour, a.equipment, a.subcontract, a.other, a.markup_percent
from conditions c left join assemblies a on a.id = c.assembly_id left join
    (select condition_id, count(*) as drawn, sum(quantity) as total from measurements group by condition_id) t
    on t.condition_id = c.id
where c.project_id = 1 order by c.id
"""
PAGES = """
select id, number, sheet, title, width_px, height_px, px_per_unit, unit, scale_label from pages where project_id = 1 order by id
"""
MEASUREMENTS = """
select c.id, m.id, g.number, g.sheet, m.shape, m.quantity, m.uom, m.geometry, g.id, g.title, m.length_px, m.area_px, m.by_model,
    m.verified, m.remark
from conditions c join measurements m on m.condition_id = c.id join pages g on g.id = m.page_id
where c.project_id = 1 order by c.id, m.id
"""
COSTS = ("Material", "Labour", "Equipment", "Subcontract", "Other")


def pieces(connection: sqlite3.Connection, loads: Loads) -> Iterator[str]:
    name, about, client, number = connection.execute(PROJECT).fetchone()
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<OSTProject version="1.0" name={quoteattr(name)}>\n'
    yield f"<ProjectInfo>\n<Name>{escape(name)}</Name>\n{noted('Description', about)}{noted('Client', client)}"
    yield f"<ProjectId>{number}</ProjectId>\n</ProjectInfo>\n<Conditions>\n"
    rows = groupby(connection.execute(MEASUREMENTS), key=itemgetter(0))
    found, group = next(rows, (None, iter(())))
    for row in connection.execute(CONDITIONS).fetchall():
        yield condition(row)
        if row[0] == found:
            yield from items(group, loads)
            found, group = next(rows, (None, iter(())))
        yield "</TakeoffItems>\n</Condition>\n"
    yield "</Conditions>\n<Pages>\n"
    yield from map(page, connection.execute(PAGES))
    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC).isoformat()
    yield f"</Pages>\n<ExportInfo>\n<ExportedAt>{moment}</ExportedAt>\n<ExportedBy>by hand</ExportedBy>\n"
    yield "<Source>house</Source>\n</ExportInfo>\n</OSTProject>\n"


def condition(row: Row) -> str:
    (
        uid,
        name,
        kind,
        unit,
        colour,
        details,
        total,
        scope,
        category,
        depth,
        thickness,
        building,
        zone,
        level,
        drawn,
        *costs,
    ) = row
    total = total or 0.0
    return (
        f'<Condition id="{uid}">\n<Name>{escape(name)}</Name>\n<Type>{kind}</Type>\n<Unit>{escape(unit)}</Unit>\n'
        f"<Color>{colour.lower()}</Color>\n{noted('Description', details)}<TotalQuantity>{total}</TotalQuantity>\n"
        f"{noted('Scope', scope)}{noted('Category', category)}{noted('Depth', depth)}{noted('Thickness', thickness)}"
        f"{noted('Building', building)}{noted('Area', zone)}{noted('Elevation', level)}"
        f"<MeasurementCount>{drawn or 0}</MeasurementCount>\n{costed(costs, total)}<TakeoffItems>\n"
    )


def costed(given: list[Any], total: float) -> str:
    *costs, markup = given
    if all(cost is None for cost in costs):
        return ""
    unit_cost = sum(cost for cost in costs if cost is not None)
    kinds = "".join(noted(f"{kind}UnitCost", cost) for kind, cost in zip(COSTS, costs, strict=True))
    whole = total * unit_cost * (1 + (markup or 0.0) / 100)
    return (
        f"<Costs>\n<UnitCost>{unit_cost}</UnitCost>\n{kinds}<MarkupPercent>{markup or 0.0}</MarkupPercent>\n"
        f"<TotalCost>{whole}</TotalCost>\n</Costs>\n"
    )


def items(rows: Iterator[Row], loads: Loads) -> Iterator[str]:
    for _, uid, number, sheet, kind, quantity, unit, shape, page_id, title, length, area, drawn, verified, remark in rows:
        pixels = f"<PixelLength>{length}</PixelLength>" if length is not None else ""
        if area is not None:
            pixels += f"<PixelArea>{area}</PixelArea>"
        notes = f"<Notes>{escape(remark)}</Notes>" if remark else ""
        yield (
            f'<TakeoffItem id="{uid}"><PageNumber>{number}</PageNumber><SheetNumber>{escape(sheet)}</SheetNumber>'
            f"<GeometryType>{kind}</GeometryType><Quantity>{quantity}</Quantity><Unit>{escape(unit)}</Unit>"
            f"<Geometry>{SHAPES[kind](loads(shape))}</Geometry><PageId>{page_id}</PageId><SheetTitle>{escape(title)}</SheetTitle>"
            f"{pixels}<IsAIGenerated>{'true' if drawn else 'false'}</IsAIGenerated>"
            f"<IsVerified>{'true' if verified else 'false'}</IsVerified>{notes}</TakeoffItem>\n"
        )


def pair(point: dict[str, float]) -> str:
    return f"<X>{point['x']}</X><Y>{point['y']}</Y>"


def line(shape: dict[str, Any]) -> str:
    return f"<Start>{pair(shape['start'])}</Start><End>{pair(shape['end'])}</End>"


def path(shape: dict[str, Any]) -> str:
    holes = "".join(f"<Hole>{points(hole)}</Hole>" for hole in shape.get("holes", ()))
    return f"<Points>{points(shape['points'])}</Points>" + (f"<Holes>{holes}</Holes>" if holes else "")


def points(ring: list[dict[str, float]]) -> str:
    return "".join([f"<Point><X>{p['x']}</X><Y>{p['y']}</Y></Point>" for p in ring])


def rectangle(shape: dict[str, Any]) -> str:
    turned = f"<Rotation>{shape['rotation']}</Rotation>" if shape.get("rotation") else ""
    return f"{pair(shape)}<Width>{shape['width']}</Width><Height>{shape['height']}</Height>{turned}"


def circle(shape: dict[str, Any]) -> str:
    centre = shape["center"]
    return f"<CenterX>{centre['x']}</CenterX><CenterY>{centre['y']}</CenterY><Radius>{shape['radius']}</Radius>"


SHAPES: dict[str, Callable[[Any], str]] = {
    "line": line,
    "polyline": path,
    "polygon": path,
    "rectangle": rectangle,
    "circle": circle,
    "point": pair,
}


def page(row: Row) -> str:
    uid, number, sheet, title, width, height, scale, unit, words = row
    return (
        f'<Page id="{uid}">\n<PageNumber>{number}</PageNumber>\n{noted("SheetNumber", sheet)}{noted("SheetTitle", title)}'
        f"<Width>{width}</Width>\n<Height>{height}</Height>\n{noted('Scale', scale)}{noted('ScaleUnit', unit)}"
        f"{noted('ScaleText', words)}</Page>\n"
    )


def noted(tag: str, value: object) -> str:
    return f"<{tag}>{escape(str(value))}</{tag}>\n" if value not in (None, "") else ""


def main(library: str, database: str, output: str) -> None:
    loads: Loads = orjson.loads if library == "orjson" else json.loads
    connection = sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True)
    with Path(output).open("w", encoding="utf-8") as file:
        block: list[str] = []
        for piece in pieces(connection, loads):
            block.append(piece)
            if len(block) == BLOCK:
                file.write("".join(block))
                block.clear()
        file.write("".join(block))


if __name__ == "__main__":
    main(*sys.argv[1:])
