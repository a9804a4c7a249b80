"""One label file looked at row by row, as Ultralytics reads it (verify_image_label in its data/utils.py)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from exporter.notes import Notes
from exporter_yolo.datafile import Data

_DROPPED = 0.01  # beyond 0 and 1: Ultralytics drops the image then
_TOLERANCE = 1e-6
BOX, OUTLINE, POSE = "boxes", "outlines", "poses"


class LabelCheck:
    """The checks of label files, one after the other."""

    def __init__(self, data: Data, notes: Notes) -> None:
        self._names = data.names
        self._points = data.points
        self._notes = notes
        self.kinds: Counter[str] = Counter()

    def count(self, name: str, content: bytes) -> Counter[str]:
        """What `read` returns and notes of a file of rows that are sound, each with its end."""
        rows = content.split(b"\n")[:-1]
        if len(set(rows)) < len(rows):
            self._notes.add("ROW_DUPLICATE", name, len(rows) - len(set(rows)))
        self.kinds.update({self._kind(row.count(b" ") + 1) for row in rows[:1]})
        return Counter({self._name(int(index)): n for index, n in Counter(row.split(b" ", 1)[0] for row in rows).items()})

    def read(self, name: str, content: bytes) -> Counter[str]:
        """Look at a file.

        :returns: how many annotations it has of each class.
        """
        try:
            rows = content.decode("utf-8").strip().splitlines()
        except UnicodeDecodeError as error:
            self._notes.add("LABELS_UNREADABLE", f"{name}: {error.reason}")
            return Counter()
        counts: Counter[str] = Counter()
        kinds: set[str] = set()
        for number, row in enumerate(rows, 1):
            if row:
                kind = self._row(row.split(), f"{name}:{number}", counts)
                kinds |= {kind} if kind else set()
        if len(kinds) > 1:
            self._notes.add("ROWS_MIXED", name)
        if len(set(rows)) < len(rows):
            self._notes.add("ROW_DUPLICATE", name, len(rows) - len(set(rows)))
        self.kinds.update(kinds)
        return counts

    def _row(self, cells: Sequence[str], where: str, counts: Counter[str]) -> str:
        """Look at a row.

        :returns: what it holds; empty where nobody knows.
        """
        numbers = _numbers(cells)
        if numbers is None or not all(map(math.isfinite, numbers)):
            self._notes.add("ROW_BROKEN", where)
            return ""
        kind = self._kind(len(cells))
        if not kind:
            self._notes.add("COLUMNS_BROKEN", f"{where}: {len(cells)}")
            return ""
        self._class(numbers[0], where, counts)
        if kind == OUTLINE:
            self._outline(numbers[1:], where)
        else:
            self._box(numbers[1:5], where)
            self._keypoints(numbers[5:], where)
        return kind

    def _kind(self, columns: int) -> str:
        if self._points is not None:
            return POSE if columns == 5 + self._points[0] * self._points[1] else ""
        if columns == 5:
            return BOX
        return OUTLINE if columns > 6 and columns % 2 else ""

    def _class(self, index: float, where: str, counts: Counter[str]) -> None:
        known = self._names
        if index != int(index) or index < 0 or (known is not None and index >= len(known)):
            self._notes.add("CLASS_UNKNOWN", f"{where}: {index:g}")
        else:
            counts[self._name(int(index))] += 1

    def _name(self, index: int) -> str:
        return self._names[index] if self._names is not None else f"class {index}"

    def _outline(self, points: Sequence[float], where: str) -> None:
        xs, ys = points[0::2], points[1::2]
        if len(set(zip(xs, ys, strict=True))) < 3:
            self._notes.add("OUTLINE_TOO_FEW_POINTS", where)
        left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
        box = ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        self._place(box, (left, right, top, bottom), where)

    def _box(self, box: Sequence[float], where: str) -> None:
        x, y, width, height = box
        if width <= 0 or height <= 0:
            self._notes.add("BOX_EMPTY", where)
        self._place(box, (x - width / 2, x + width / 2, y - height / 2, y + height / 2), where)

    def _place(self, box: Sequence[float], sides: Sequence[float], where: str) -> None:
        if max(box) > 1 + _DROPPED or min(box) < -_DROPPED:
            self._notes.add("COORDINATES_OUTSIDE", where)
        elif max(sides) > 1 + _TOLERANCE or min(sides) < -_TOLERANCE:
            self._notes.add("SHAPE_OUTSIDE_IMAGE", where)

    def _keypoints(self, points: Sequence[float], where: str) -> None:
        if self._points is None:
            return
        step = self._points[1]
        places = [n for at in range(0, len(points), step) for n in points[at : at + 2]]
        if max(places) > 1 + _DROPPED or min(places) < -_DROPPED:
            self._notes.add("COORDINATES_OUTSIDE", where)
        if step == 3 and not {0.0, 1.0, 2.0}.issuperset(points[2::3]):
            self._notes.add("KEYPOINTS_BROKEN", where)


def _numbers(cells: Sequence[str]) -> list[float] | None:
    """The numbers that texts are; None where one of them is no number."""
    try:
        return None if any("_" in cell for cell in cells) else list(map(float, cells))
    except ValueError:
        return None
