"""One COCO file looked at object by object, in memory that grows with its images and not with its annotations' shapes."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from exporter.notes import Notes
from exporter.vision.geometry import rle
from exporter.vision.geometry.crossing import crossing
from exporter.vision.geometry.shape import ShapeError
from exporter_coco.stream import Members

_ARRAYS = ("images", "annotations", "categories")
_RINGS = 2_000  # outlines that are looked at together
_PIXEL = 1.0
_TOLERANCE = 1e-6
_LARGEST = 2**63 - 1

Blocks = Callable[[], Iterator[bytes]]


class DocumentCheck:
    """The checks of one COCO file.

    :param name: how examples call the file; :param notes: where problems go.
    """

    def __init__(self, name: str, notes: Notes) -> None:
        self.images: list[tuple[str, tuple[Any, Any]]] = []
        self.categories: dict[int, str] = {}
        self.counts: Counter[str] = Counter()
        self._name = name
        self._notes = notes
        self._sizes: dict[int, tuple[Any, Any]] = {}
        self._keypoints: dict[int, int] = {}
        self._folded: set[str] = set()
        self._ids = array("q")
        self._rings: list[tuple[Any, list[float]]] = []

    def read(self, blocks: Blocks) -> None:
        """Look at the whole file; twice where its annotations come before what they refer to.

        :raises Broken: where it is no JSON object.
        """
        seen: set[str] = set()
        early = False
        for name, value in Members(blocks()):
            if name in _ARRAYS and isinstance(value, Iterator):
                early = early or (name == "annotations" and not {"images", "categories"} <= seen)
                seen.add(name)
                if name == "annotations" and early:
                    continue
                self._members(name, value)
        if early:
            for name, value in Members(blocks()):
                if name == "annotations" and isinstance(value, Iterator):
                    self._members(name, value)
        for name in _ARRAYS:
            if name not in seen:
                self._notes.add("MEMBER_MISSING", f"{self._name}: {name}")
        self._cross(all_of_them=True)
        self._duplicates(self._ids, "annotation")

    def _members(self, name: str, values: Iterable[Any]) -> None:
        look = {"images": self._image, "annotations": self._annotation, "categories": self._category}[name]
        for place, value in enumerate(values, 1):
            if isinstance(value, dict):
                look(value, f"{self._name}: {name} {place}")
            else:
                self._notes.add("OBJECT_BROKEN", f"{self._name}: {name} {place}")

    # --- images and categories

    def _image(self, image: dict[str, Any], where: str) -> None:
        number = self._id(image, where, "ID_NOT_POSITIVE")
        if number is not None:
            if number in self._sizes:
                self._notes.add("ID_DUPLICATE", f"image {number}")
            self._sizes[number] = (image.get("width"), image.get("height"))
        if not all(_is_number(image.get(side)) and image[side] > 0 for side in ("width", "height")):
            self._notes.add("IMAGE_SIZE_MISSING", where)
        name = image.get("file_name")
        if isinstance(name, str) and name:
            self.images.append((name, (image.get("width"), image.get("height"))))
        else:
            self._notes.add("FILE_NAME_MISSING", where)

    def _category(self, category: dict[str, Any], where: str) -> None:
        number, name = self._id(category, where, "ID_NOT_POSITIVE"), category.get("name")
        if not (isinstance(name, str) and name.strip()):
            self._notes.add("CATEGORY_NAME_BROKEN", where)
            name = f"category {number}"
        if name.casefold() in self._folded:
            self._notes.add("CATEGORY_NAME_DUPLICATE", name)
        self._folded.add(name.casefold())
        if number is None:
            return
        if number in self.categories:
            self._notes.add("ID_DUPLICATE", f"category {number}")
        self.categories[number] = name
        points = category.get("keypoints")
        if isinstance(points, list):
            self._keypoints[number] = len(points)

    def _id(self, value: dict[str, Any], where: str, low: str) -> int | None:
        number = value.get("id")
        if not _is_id(number):
            self._notes.add("ID_BROKEN", where)
            return None
        assert isinstance(number, int)
        if number < 1:
            self._notes.add(low, where)
        return number

    # --- annotations

    def _annotation(self, found: dict[str, Any], where: str) -> None:
        number = self._id(found, where, "ID_ZERO")
        if number is not None:
            self._ids.append(number)
            where = f"{self._name}: annotation {number}"
        image, category = found.get("image_id"), found.get("category_id")
        if not _is_id(image) or image not in self._sizes:
            self._notes.add("IMAGE_UNKNOWN", where)
        if _is_id(category) and category in self.categories:
            self.counts[self.categories[category]] += 1
        else:
            self._notes.add("CATEGORY_UNKNOWN", where)
        size = self._sizes.get(image, (None, None)) if isinstance(image, int) else (None, None)
        box = self._box(found, size, where)
        self._segmentation(found, box, size, where)
        if not _is_number(found.get("area")) or found["area"] < 0:
            self._notes.add("AREA_BROKEN", where)
        if found.get("iscrowd") not in (0, 1):
            self._notes.add("ISCROWD_BROKEN", where)
        if "keypoints" in found and not self._are_keypoints(found["keypoints"], category):
            self._notes.add("KEYPOINTS_BROKEN", where)

    def _box(self, found: dict[str, Any], size: tuple[Any, Any], where: str) -> list[float] | None:
        if "bbox" not in found:
            self._notes.add("BBOX_MISSING", where)
            return None
        box = found["bbox"]
        if not (isinstance(box, list) and len(box) == 4 and all(map(_is_number, box))):
            self._notes.add("BBOX_BROKEN", where)
            return None
        x, y, width, height = box
        if width <= 0 or height <= 0:
            self._notes.add("BBOX_EMPTY", where)
        elif _is_number(size[0]) and _is_number(size[1]):
            beyond = x + width > size[0] + _TOLERANCE or y + height > size[1] + _TOLERANCE
            if x < -_TOLERANCE or y < -_TOLERANCE or beyond:
                self._notes.add("BBOX_OUTSIDE_IMAGE", where)
        return box

    def _segmentation(self, found: dict[str, Any], box: list[float] | None, size: tuple[Any, Any], where: str) -> None:
        if "segmentation" not in found:
            return
        shape = found["segmentation"]
        if isinstance(shape, dict):
            around = _box_of_mask(shape, size)
            code = "MASK_UNLOADABLE"
        else:
            around = _box_of_rings(shape)
            code = "SEGMENTATION_UNLOADABLE"
        if around is None:
            self._notes.add(code, where)
            return
        if box is not None and any(abs(a - b) > _PIXEL for a, b in zip(_corners(box), _corners(around), strict=True)):
            self._notes.add("BBOX_DIFFERS", where)
        if isinstance(shape, list):
            self._rings += [(where, ring) for ring in shape]
            self._cross()

    def _are_keypoints(self, points: Any, category: Any) -> bool:
        if not (isinstance(points, list) and len(points) % 3 == 0 and all(map(_is_number, points))):
            return False
        named = self._keypoints.get(category, len(points) // 3) if _is_id(category) else len(points) // 3
        return len(points) == 3 * named and all(v in (0, 1, 2) for v in points[2::3])

    def _cross(self, *, all_of_them: bool = False) -> None:
        """Look at the outlines that have gathered."""
        if len(self._rings) < _RINGS and not all_of_them:
            return
        crossed = crossing([ring for _, ring in self._rings])
        for where in dict.fromkeys(w for (w, _), crosses in zip(self._rings, crossed, strict=True) if crosses):
            self._notes.add("SHAPE_CROSSES_ITSELF", where)
        self._rings.clear()

    def _duplicates(self, ids: array[int], what: str) -> None:
        known, counts = np.unique(np.frombuffer(ids, np.int64) if ids else np.empty(0, np.int64), return_counts=True)
        for number in known[counts > 1].tolist():
            self._notes.add("ID_DUPLICATE", f"{what} {number}")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= _LARGEST


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _corners(box: Iterable[float]) -> tuple[float, float, float, float]:
    x, y, width, height = box
    return x, y, x + width, y + height


def _box_of_rings(rings: Any) -> tuple[float, float, float, float] | None:
    """The box around outlines; None where readers cannot load them."""
    if not isinstance(rings, list) or not rings:
        return None
    for ring in rings:
        if not isinstance(ring, list) or len(ring) < 6 or len(ring) % 2 or not all(map(_is_number, ring)):
            return None
    xs, ys = [x for ring in rings for x in ring[::2]], [y for ring in rings for y in ring[1::2]]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _box_of_mask(mask: dict[str, Any], size: tuple[Any, Any]) -> tuple[float, float, float, float] | None:
    """The box around the pixels of run lengths; None where readers cannot load them."""
    shape, counts = mask.get("size"), mask.get("counts")
    if not (isinstance(shape, list) and len(shape) == 2 and all(_is_id(side) and side > 0 for side in shape)):
        return None
    if _is_number(size[0]) and _is_number(size[1]) and (size[1], size[0]) != tuple(shape):
        return None
    try:
        if isinstance(counts, str):
            return rle.bbox(rle.decompress(counts, *shape))
        known = counts if isinstance(counts, list) and all(map(_is_id, counts)) else []
        return rle.bbox(rle.checked(known, *shape))
    except ShapeError:
        return None
