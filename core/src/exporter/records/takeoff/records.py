"""The records of a construction takeoff, in the words of estimators: conditions are line items, measurements are drawn on pages.

Coordinates are in pixels of the page, from its upper left corner, x to the right and y downwards. Quantities are in the unit
that stands beside them: LF, SF, CY, EA and those that `exporter.takeoff.units` lists.
"""

from __future__ import annotations

import attrs

from exporter.records.schema import Record, column


@attrs.define
class Project(Record):
    """A job that is estimated."""

    project_id: str | None = column("Identifier of the project")
    name: str | None = column("Name of the project")
    description: str | None = column("What is built")
    client: str | None = column("Name of the client")


@attrs.define
class Page(Record):
    """A page of the drawings."""

    page_id: str | None = column("Identifier of the page")
    project_id: str | None = column("Identifier of its project")
    page_number: int | None = column("Number of the page within the drawings, from 1")
    sheet_number: str | None = column("Number of the sheet as its title block has it: A-101")
    sheet_title: str | None = column("Title of the sheet")
    width: float | None = column("Width in pixels")
    height: float | None = column("Height in pixels")
    scale: float | None = column(
        "Pixels on the page for one unit of length in the building; none where nobody has set the scale"
    )
    scale_unit: str | None = column("That unit of length: ft or m; ft where it says nothing")
    scale_text: str | None = column('The scale in words: 1/4" = 1\'-0", 1:50')


@attrs.define
class Condition(Record):
    """A line item: what is measured, how, and in which unit."""

    condition_id: str | None = column("Identifier of the condition")
    project_id: str | None = column("Identifier of its project")
    name: str | None = column("Name of the condition")
    description: str | None = column("What it is about")
    scope: str | None = column("Scope of work: concrete, drywall")
    category: str | None = column("Category within the scope: foundations")
    measurement_type: str | None = column("linear, area, volume or count")
    colour: str | None = column("Colour, #rrggbb")
    unit: str | None = column("Unit of its quantities; by default that of the measurement type: LF, SF, CY, EA")
    depth: float | None = column("Depth, in inches; in millimetres where the unit is metric")
    thickness: float | None = column("Thickness, in inches; in millimetres where the unit is metric")
    building: str | None = column("Building that it belongs to")
    area: str | None = column("Area of the building")
    elevation: str | None = column("Level or elevation")
    total_quantity: float | None = column(
        "Sum of its quantities as the host keeps it; it is compared with the measurements and never written"
    )
    measurement_count: int | None = column("Count of its measurements as the host keeps it; compared, and never written")
    material_unit_cost: float | None = column("Cost of material for one unit, without markup")
    labour_unit_cost: float | None = column("Cost of labour for one unit, without markup")
    equipment_unit_cost: float | None = column("Cost of equipment for one unit, without markup")
    subcontract_unit_cost: float | None = column("Cost of subcontractors for one unit, without markup")
    other_unit_cost: float | None = column("Other cost of one unit, without markup")
    unit_cost: float | None = column("Cost of one unit without markup; by default the sum of its kinds")
    markup_percent: float | None = column("Overhead and profit on the cost, in percent: 15")


@attrs.define
class Measurement(Record):
    """Something measured on a page for a condition. A negative quantity is deducted."""

    measurement_id: str | None = column("Identifier of the measurement")
    condition_id: str | None = column("Identifier of its condition")
    page_id: str | None = column("Identifier of its page")
    geometry_type: str | None = column("line, polyline, polygon, rectangle, circle or point")
    geometry: str | None = column(
        "Geometry as JSON: line {start, end}, polyline and polygon {points, holes?}, rectangle {x, y, width, height, rotation?}, "
        "circle {center, radius}, point {x, y}; a line or a point may be {points} of two or one, too; a point is {x, y} or [x, y], "
        "holes are lists of points, rotation is in degrees clockwise about the centre"
    )
    quantity: float | None = column("How much it is, in its unit")
    unit: str | None = column("Unit of the quantity; that of the condition where it says nothing")
    pixel_length: float | None = column("Length, or perimeter, in pixels")
    pixel_area: float | None = column("Area in square pixels")
    is_ai_generated: bool | None = column("Whether a model drew it")
    is_verified: bool | None = column("Whether a person has verified it")
    notes: str | None = column("Notes")
