"""The check of files of the neutral dialect, ours and those of others: read once, item by item, in flat memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree

from exporter.notes import Notes
from exporter.report import Finding
from exporter.takeoff.geometry import TYPES
from exporter.takeoff.units import KINDS, spelt
from exporter_ost.findings import OF_FILES
from exporter_ost.identifiers import Identifiers, repeated
from exporter_ost.reader import fits
from exporter_ost.totals import Sums
from exporter_ost.walk import ITEM, NotReadable, elements

_NEAR = 1e-9  # of the sum of all amounts, in which sums in another order differ less


def check(file: Path) -> Iterator[Finding]:
    """What is wrong with a file."""
    notes = Notes(OF_FILES)
    looked = _Check(notes)
    try:
        for what, element in elements(file):
            looked.at(what, element)
        _note_repeated(file, looked.ids, notes)
    except NotReadable as error:
        notes.add(error.code, error)
    yield from notes.findings()


def _note_repeated(file: Path, ids: Identifiers, notes: Notes) -> None:
    suspects = ids.suspects()
    if suspects:
        again = (element.get("id", "") for what, element in elements(file) if what == ITEM)
        for uid, count in repeated(suspects, again).items():
            notes.add("ITEM_ID_DUPLICATE", uid, count)


class _Check:
    """What is kept of a file while it passes: its conditions, and eight bytes of each item.

    :param notes: where problems go.
    """

    def __init__(self, notes: Notes) -> None:
        self.ids = Identifiers()
        self._notes = notes
        self._schema = _schema()
        self._conditions: set[str] = set()
        self._sums = Sums()
        self._unit = ""

    def at(self, what: str, element: Any) -> None:
        """Look at what comes next."""
        match what:
            case "TakeoffItems":
                self._sums = Sums()
                parent = element.getparent()
                self._unit = "" if parent is None else (parent.findtext("Unit") or "").strip()
            case "TakeoffItem":
                self._item(element)
            case "Condition":
                self._condition(element)
            case "OSTProject":
                self._valid(element)

    def _valid(self, element: Any) -> None:
        """Note what the schema finds wrong with an element; of the root, whose items are gone, with all else."""
        if not self._schema.validate(element):
            log: Any = self._schema.error_log
            for entry in log:
                self._notes.add("SCHEMA", f"line {entry.line}: {entry.message}")

    def _item(self, item: Any) -> None:
        self._valid(item)
        uid = item.get("id", "")
        self.ids.add(uid)
        found = {child.tag: child for child in item}
        self._sums.add(_number(found.get("Quantity")))
        unit = found.get("Unit")
        if unit is not None and unit.text != self._unit and self._unit and spelt(unit.text or "") != spelt(self._unit):
            self._notes.add("UNIT_DIFFERS", f"{uid}: {unit.text or 'none'}, the condition {self._unit}")
        kind = found.get("GeometryType")
        shape = found.get("Geometry")
        if kind is None or kind.text not in TYPES:
            self._notes.add("GEOMETRY_TYPE_UNKNOWN", uid)
        elif shape is None or not len(shape):
            self._notes.add("GEOMETRY_MISSING", uid)
        elif not fits(kind.text, shape):
            self._notes.add("GEOMETRY_BROKEN", uid)

    def _condition(self, found: Any) -> None:
        uid, notes = found.get("id", ""), self._notes
        if uid in self._conditions:
            notes.add("ID_DUPLICATE", uid)
        self._conditions.add(uid)
        if not (found.findtext("Name") or "").strip():
            notes.add("NAME_MISSING", uid)
        if (found.findtext("Type") or "").strip().lower() not in KINDS:
            notes.add("TYPE_UNKNOWN", uid)
        if not (found.findtext("Unit") or "").strip():
            notes.add("UNIT_MISSING", uid)
        if not self._sums.count:
            notes.add("CONDITION_EMPTY", uid)
        self._totals(found, uid)
        self._sums = Sums()

    def _totals(self, found: Any, uid: str) -> None:
        """Hold total and count against the items that have passed."""
        total, sums = _number(found.find("TotalQuantity")), self._sums
        if total is not None and abs(total - sums.total) > _NEAR * sums.amount:
            self._notes.add("TOTAL_DIFFERS", f"{uid}: {total}, the items {sums.total}")
        count = found.findtext("MeasurementCount")
        if count is not None and count.strip() != str(sums.count):
            self._notes.add("COUNT_DIFFERS", f"{uid}: {count}, the items {sums.count}")


def _number(element: Any) -> float | None:
    """A finite number; what is none is for the schema to tell."""
    try:
        number = float(element.text)
    except (AttributeError, TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


@cache
def _schema() -> etree.XMLSchema:
    with files("exporter_ost").joinpath("takeoff-1.0.xsd").open("rb") as file:
        return etree.XMLSchema(etree.parse(file))
