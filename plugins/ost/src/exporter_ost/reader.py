"""Takeoffs as they are read back: a stream of what a file of the neutral dialect holds, in its order, in flat memory.

    for each in read(path):
        match each:
            case Item(geometry=Geometry()):
                print(each.condition.name, each.quantity, each.unit, each.geometry.area())

The file may be of another writer: what it leaves out is None. Nothing is checked; `exporter check` does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from exporter.errors import InputError
from exporter.takeoff.geometry import Geometry, Point
from exporter_ost.walk import NotReadable, elements


@attrs.frozen
class Project:
    """What the file is about."""

    name: str
    description: str | None = None
    client: str | None = None
    project_id: str | None = None


@attrs.frozen
class Costs:
    """Costs of one unit without markup by kind, and what the whole quantity costs with it."""

    unit_cost: float | None
    kinds: Mapping[str, float]
    markup_percent: float | None
    total_cost: float | None


@attrs.frozen
class Condition:
    """A line item. Depth and thickness are in inches, in millimetres where the unit is metric."""

    id: str
    name: str
    type: str
    unit: str
    colour: str | None
    description: str | None
    total_quantity: float
    scope: str | None
    category: str | None
    depth: float | None
    thickness: float | None
    building: str | None
    area: str | None
    elevation: str | None
    measurement_count: int | None
    costs: Costs | None


@attrs.frozen
class Item:
    """A measurement. Its geometry is in pixels of the page; None where the file has none that its type has."""

    id: str
    condition: Condition
    geometry_type: str
    quantity: float
    unit: str
    geometry: Geometry | None
    page_number: str | None
    sheet_number: str | None
    page_id: str | None
    sheet_title: str | None
    pixel_length: float | None
    pixel_area: float | None
    is_ai_generated: bool | None
    is_verified: bool | None
    notes: str | None


@attrs.frozen
class Page:
    """A page of the drawings. Width and height are in pixels, the scale in pixels for one `scale_unit`."""

    id: str
    page_number: str | None
    sheet_number: str | None
    sheet_title: str | None
    width: float | None
    height: float | None
    scale: float | None
    scale_unit: str | None
    scale_text: str | None


@attrs.frozen
class Information:
    """When the file was made (ISO 8601), by what, from where, and what was left out on purpose, in words."""

    exported_at: str | None
    exported_by: str | None
    source: str | None
    filters: tuple[str, ...]


def read(file: Path | str) -> Iterator[Project | Condition | Item | Page | Information]:
    """The project, then each condition with its items behind it, then pages and the information about the export.

    :raises InputError: for a file that cannot be read, when its faulty place is reached.
    """
    try:
        yield from _read(Path(file))
    except NotReadable as error:
        raise InputError(f"The takeoff cannot be read: {error}") from None
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"The takeoff {file} does not follow its schema: {error}.", hint="`exporter check` says where."
        ) from None


def _read(file: Path) -> Iterator[Project | Condition | Item | Page | Information]:
    condition: Condition | None = None
    for what, element in elements(file):
        match what:
            case "Conditions":
                yield _project(element.getparent())
            case "TakeoffItems":
                condition = _condition(element.getparent())
                yield condition
            case "TakeoffItem" if condition is not None:
                yield _item(element, condition)
            case "Condition":
                element.clear()
            case "OSTProject":
                yield from _rest(element)


def _project(root: Any) -> Project:
    of = _Texts(root.find("ProjectInfo"))
    return Project(
        root.get("name") or of.text("Name") or "", of.text("Description"), of.text("Client"), of.text("ProjectId")
    )


def _condition(element: Any) -> Condition:
    of = _Texts(element)
    count, costs = of.text("MeasurementCount"), element.find("Costs")
    return Condition(
        id=element.attrib["id"],
        name=of.needed("Name"),
        type=of.needed("Type"),
        unit=of.needed("Unit"),
        colour=of.text("Color"),
        description=of.text("Description"),
        total_quantity=float(of.needed("TotalQuantity")),
        scope=of.text("Scope"),
        category=of.text("Category"),
        depth=of.number("Depth"),
        thickness=of.number("Thickness"),
        building=of.text("Building"),
        area=of.text("Area"),
        elevation=of.text("Elevation"),
        measurement_count=None if count is None else int(count),
        costs=None if costs is None else _costs(_Texts(costs)),
    )


def _costs(of: _Texts) -> Costs:
    kinds = {tag.removesuffix("UnitCost").lower(): float(text) for tag, text in of.found.items() if tag.endswith("UnitCost")}
    unit_cost = kinds.pop("", None)
    return Costs(unit_cost, kinds, of.number("MarkupPercent"), of.number("TotalCost"))


def _item(element: Any, condition: Condition) -> Item:
    of = _Texts(element)
    kind = of.needed("GeometryType")
    return Item(
        id=element.attrib["id"],
        condition=condition,
        geometry_type=kind,
        quantity=float(of.needed("Quantity")),
        unit=of.needed("Unit"),
        geometry=geometry_of(kind, element.find("Geometry")),
        page_number=of.text("PageNumber"),
        sheet_number=of.text("SheetNumber"),
        page_id=of.text("PageId"),
        sheet_title=of.text("SheetTitle"),
        pixel_length=of.number("PixelLength"),
        pixel_area=of.number("PixelArea"),
        is_ai_generated=of.boolean("IsAIGenerated"),
        is_verified=of.boolean("IsVerified"),
        notes=of.text("Notes"),
    )


def _rest(root: Any) -> Iterator[Page | Information]:
    """What comes after the conditions."""
    for element in root.iterfind("Pages/Page"):
        of = _Texts(element)
        yield Page(
            id=element.attrib["id"],
            page_number=of.text("PageNumber"),
            sheet_number=of.text("SheetNumber"),
            sheet_title=of.text("SheetTitle"),
            width=of.number("Width"),
            height=of.number("Height"),
            scale=of.number("Scale"),
            scale_unit=of.text("ScaleUnit"),
            scale_text=of.text("ScaleText"),
        )
    element = root.find("ExportInfo")
    if element is not None:
        of = _Texts(element)
        filters = tuple(each.text or "" for each in element.iterfind("Filter"))
        yield Information(of.text("ExportedAt"), of.text("ExportedBy"), of.text("Source"), filters)


class _Texts:
    """The texts of an element's children, by their names."""

    def __init__(self, element: Any) -> None:
        self.found: dict[str, str] = {} if element is None else {child.tag: child.text or "" for child in element}

    def text(self, tag: str) -> str | None:
        return self.found.get(tag)

    def needed(self, tag: str) -> str:
        return self.found[tag]

    def number(self, tag: str) -> float | None:
        text = self.found.get(tag)
        return None if text is None else float(text)

    def boolean(self, tag: str) -> bool | None:
        text = self.found.get(tag)
        return None if text is None else {"true": True, "1": True, "false": False, "0": False}[text.strip()]


def geometry_of(kind: str, element: Any) -> Geometry | None:
    """What an element Geometry holds; None where that is not what its type has."""
    if element is None or not fits(kind, element):
        return None
    number = _Texts(element).number
    match kind:
        case "line":
            return Geometry(kind, (_point(element[0]), _point(element[1])))
        case "point":
            return Geometry(kind, (_point(element),))
        case "circle":
            return Geometry(kind, ((number("CenterX") or 0.0, number("CenterY") or 0.0),), radius=number("Radius") or 0.0)
        case "rectangle":
            size = (number("Width") or 0.0, number("Height") or 0.0)
            return Geometry(kind, (_point(element),), size=size, rotation=number("Rotation") or 0.0)
    holes = tuple(tuple(map(_point, hole)) for hole in element.iterfind("Holes/Hole"))
    return Geometry(kind, tuple(map(_point, element[0])), holes)


def _point(element: Any) -> Point:
    x, y = element[0].text, element[1].text
    return float(x), float(y)


_PLAIN: dict[str, list[tuple[str, ...]]] = {
    "line": [("Start", "End")],
    "polyline": [("Points",)],
    "polygon": [("Points",), ("Points", "Holes")],
    "rectangle": [("X", "Y", "Width", "Height"), ("X", "Y", "Width", "Height", "Rotation")],
    "circle": [("CenterX", "CenterY", "Radius")],
    "point": [("X", "Y")],
}
_LEAST = {"polyline": 2, "polygon": 3}


def fits(kind: str, element: Any) -> bool:
    """Whether an element Geometry has what its type has: these elements in this order, and enough points."""
    if tuple(child.tag for child in element) not in _PLAIN.get(kind, ()):
        return False
    least = _LEAST.get(kind)
    if least is None:
        return True
    return len(element[0]) >= least and all(len(hole) >= _LEAST["polygon"] for hole in element.iterfind("Holes/Hole"))
