"""The check of bid files, ours and those of others, as far as their structure is known: read once, element by element."""

from __future__ import annotations

import codecs
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree

from exporter.notes import Notes
from exporter.report import Finding
from exporter_ost.bid.codes import AREA, LINEAR
from exporter_ost.bid.names import AFTER_BID, BID, OF_BID, OF_PAGES, ROOT
from exporter_ost.findings import OF_BID_FILES, OF_FILES
from exporter_ost.prolog import DOCTYPE, root_of
from exporter_ost.totals import Sums

_NEAR = 1e-9  # of the sum of all amounts
_CURVE = 7  # numbers of a piece of a curve
_TAKEOFF = "BidTakeoff"
_REFERRED = (
    "BidArea",
    "BidCondition",
    "BidPage",
    "BidLayer",
    "BidZone",
    "BidTypArea",
    "BidConditionFolder",
    "BidPageFolder",
)
_CHILDREN = {"BidPage": OF_PAGES, "BidCondition": ("BidAreaConditions",), BID: OF_BID, ROOT: ("OST", BID, *AFTER_BID)}
_KEYS = {  # by element: attributes, and what they lead to; 0 and nothing lead nowhere
    "BidCondition": {"BidLayerUID": "BidLayer", "BidConditionFolderUID": "BidConditionFolder"},
    "BidArea": {"ParentUID": "BidArea"},
    "BidPage": {"BidPageFolderUID": "BidPageFolder"},
    "BidAreaCondition": {"BidConditionUID": "BidCondition", "AreaUID": "BidArea", "TypAreaUID": "BidTypArea"},
    _TAKEOFF: {
        "BidConditionUID": "BidCondition",
        "BidPageUID": "BidPage",
        "BidAreaUID": "BidArea",
        "BidTypAreaUID": "BidTypArea",
        "BidZoneUID": "BidZone",
    },
}
_Key = tuple[str, str, str]  # condition, area, typical area


def check(file: Path) -> Iterator[Finding]:
    """What is wrong with a file."""
    notes = Notes({**OF_FILES, **OF_BID_FILES})
    found = root_of(file)
    if found == ROOT:
        notes.add("BID_EXPERIMENTAL")
        _look_at_bytes(file, notes)
        try:
            _Check(notes).look(file)
        except etree.XMLSyntaxError as error:
            notes.add("OST_UNREADABLE", f"{file.name}: {error.msg}")
    else:
        code = "OST_DOCTYPE" if found == DOCTYPE else "OST_ROOT" if found else "OST_UNREADABLE"
        notes.add(code, f"{file.name}: {found or 'no element'}")
    yield from notes.findings()


def _look_at_bytes(file: Path, notes: Notes) -> None:
    with file.open("rb") as opened:
        first = opened.readline(1 << 16)
    if not first.startswith(b"<XML_ROOT") or first.startswith(codecs.BOM_UTF8) or not first.endswith(b"\r\n"):
        notes.add("BID_BYTES", file.name)


class _Check:
    """What is kept of a file while it passes: its conditions, areas and pages, and eight bytes of each takeoff.

    :param notes: where problems go.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._uids: dict[str, set[str]] = {tag: set() for tag in _REFERRED}
        self._wanted: dict[tuple[str, str], str] = {}
        self._types: dict[str, int] = {}
        self._takeoffs = array("q")
        self._parents: dict[int, str] = {}
        self._told: dict[_Key, float | None] = {}
        self._sums: dict[_Key, Sums] = {}
        self._seen: dict[Any, set[str]] = {}

    def look(self, file: Path) -> None:
        """Look at all of a file."""
        options = {
            "resolve_entities": False,
            "load_dtd": False,
            "no_network": True,
            "remove_comments": True,
            "remove_pis": True,
        }
        with file.open("rb") as opened:
            events = etree.iterparse(opened, events=("start", "end"), **options)
            depth = 0
            open_elements: list[tuple[str, set[str]]] = []
            for event, element in events:
                if event == "start":
                    depth += 1
                    if open_elements:
                        open_elements[-1][1].add(element.tag)
                    open_elements.append((element.tag, set()))
                    if element.tag in ("BidCondition", BID):
                        self._begun(element)
                    continue
                tag, inside = open_elements.pop()
                self._contained(element, inside)
                self._at(tag, element)
                self._forget(element)
        self._finish()

    def _begun(self, element: Any) -> None:
        """The type of a condition, before its amounts come."""
        if element.tag == "BidCondition":
            kind = element.get("Type", "")
            if kind not in ("0", "1", "2", "3"):
                self._notes.add("BID_TYPE_UNKNOWN", f"BidCondition {element.get('UID')}: {kind!r}")
                return
            self._types[element.get("UID", "")] = int(kind)

    def _contained(self, element: Any, inside: set[str]) -> None:
        for missing in [each for each in _CHILDREN.get(element.tag, ()) if each not in inside]:
            self._notes.add("BID_CONTAINER_MISSING", f"{element.tag} {element.get('UID', '')}: {missing}".replace(" :", ":"))

    def _at(self, tag: str, element: Any) -> None:
        if tag in self._uids:
            self._uid(tag, element)
        for attribute, wanted in _KEYS.get(tag, {}).items():
            uid = element.get(attribute, "")
            if uid not in ("", "0"):
                self._wanted.setdefault((wanted, uid), f"{tag} {element.get('UID')}: {attribute} {uid}")
        if tag == "BidAreaCondition":
            key = (element.get("BidConditionUID", ""), element.get("AreaUID", ""), element.get("TypAreaUID", ""))
            self._told[key] = self._number(element, "Quantity1")
        elif tag == _TAKEOFF:
            self._takeoff(element)

    def _uid(self, tag: str, element: Any) -> None:
        uid = element.get("UID", "")
        if not _is_uid(uid):
            self._notes.add("BID_UID_BROKEN", f"{tag} {uid!r}")
        if uid in self._uids[tag]:
            self._notes.add("BID_UID_DUPLICATE", f"{tag} {uid}")
        self._uids[tag].add(uid)

    def _takeoff(self, element: Any) -> None:
        uid, parent = element.get("UID", ""), element.get("ParentUID", "")
        if _is_uid(uid):
            self._takeoffs.append(int(uid))
        else:
            self._notes.add("BID_UID_BROKEN", f"{_TAKEOFF} {uid!r}")
        if parent not in ("", "0"):
            if _is_uid(parent):
                self._parents.setdefault(int(parent), uid)
            else:
                self._notes.add("BID_KEY_ORPHAN", f"{_TAKEOFF} {uid}: ParentUID {parent}")
        condition = element.get("BidConditionUID", "")
        kind = self._types.get(condition)
        if kind is not None and not _fits(kind, element.get("Position", "")):
            self._notes.add("BID_POSITION_BROKEN", f"{_TAKEOFF} {uid}: {element.get('Position', '')[:80]}")
        amount = self._number(element, "Quantity")
        sign = -1 if element.get("IsNegativeQuantity", "") not in ("", "0") else 1
        key = (condition, element.get("BidAreaUID", ""), element.get("BidTypAreaUID", ""))
        self._sums.setdefault(key, Sums()).add(None if amount is None else sign * amount)

    def _number(self, element: Any, name: str) -> float | None:
        text = element.get(name, "")
        value = _finite(text)
        if value is None and text:
            self._notes.add("BID_NUMBER_BROKEN", f"{element.tag} {element.get('UID')}: {name} {text[:40]}")
        return value

    def _finish(self) -> None:
        for (tag, uid), where in self._wanted.items():
            if uid not in self._uids[tag]:
                self._notes.add("BID_KEY_ORPHAN", where)
        ordered = array("q", sorted(self._takeoffs))
        for one, other in pairwise(ordered):
            if one == other:
                self._notes.add("BID_UID_DUPLICATE", f"{_TAKEOFF} {one}")
        for parent, child in self._parents.items():
            at = bisect_left(ordered, parent)
            if at == len(ordered) or ordered[at] != parent:
                self._notes.add("BID_KEY_ORPHAN", f"{_TAKEOFF} {child}: ParentUID {parent}")
        self._totals()

    def _totals(self) -> None:
        told = {condition for condition, _, _ in self._told}
        for uid in self._uids["BidCondition"] - told:
            self._notes.add("BID_AREA_CONDITION_MISSING", f"BidCondition {uid}")
        for key in self._sums.keys() - self._told.keys():
            self._notes.add("BID_AREA_CONDITION_MISSING", f"BidCondition {key[0]}, area {key[1]}")
        for key, total in self._told.items():
            sums = self._sums.get(key, Sums())
            if total is not None and abs(total - sums.total) > _NEAR * sums.amount:
                self._notes.add(
                    "BID_TOTAL_DIFFERS", f"BidCondition {key[0]}, area {key[1]}: {total}, its takeoffs {sums.total}"
                )

    def _forget(self, element: Any) -> None:
        """Empty an element, and remove those before it."""
        element.clear(keep_tail=False)
        parent = element.getparent()
        if parent is not None:
            while parent[0] is not element:
                del parent[0]


def _is_uid(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _fits(kind: int, position: str) -> bool:
    """Whether a position is the numbers that a condition of a type has."""
    numbers: Iterable[float | None] = [_finite(each) for each in position.split(";")]
    count = position.count(";") + 1
    if None in numbers:
        return False
    if kind == LINEAR:
        return count == 4 or count % _CURVE == 0
    return count % 2 == 0 and count >= (6 if kind == AREA else 2)
