"""The objects of a COCO file: images, categories, annotations.

An annotation's area is that of its shape in the plane: of an outline less its holes, by the shoelace formula; of a mask its pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import attrs
import orjson

from exporter.vision.annotations import Drawn, NotWritten
from exporter.vision.geometry import rle
from exporter.vision.geometry.shape import BOX, ROTATED_BOX, Mask, Shape
from exporter.vision.images import Picture
from exporter.vision.labels import Category
from exporter_coco.format import Options

ATTRIBUTES = "attributes"


def image_object(picture: Picture) -> dict[str, Any]:
    """An image; its identifier in the source as `uid`, where that is not its id. What nobody knows of it is left out."""
    found: dict[str, Any] = {"id": picture.number, "file_name": picture.name}
    if picture.width is not None and picture.height is not None:
        found |= {"width": picture.width, "height": picture.height}
    if picture.captured:
        found["date_captured"] = picture.captured
    return found if picture.uid == str(picture.number) else {**found, "uid": picture.uid}


def category_object(category: Category) -> dict[str, Any]:
    """A category; `keypoints` and `skeleton` where it has key points."""
    found: dict[str, Any] = {"id": category.number, "name": category.name, "supercategory": category.supercategory}
    if category.colour:
        found["color"] = category.colour
    if category.keypoints:
        found |= {"keypoints": list(category.keypoints), "skeleton": [list(line) for line in category.skeleton]}
    if category.uid not in (str(category.number), category.name):
        found["uid"] = category.uid
    return found


@attrs.frozen
class Annotator:
    """Writes annotations as the options say."""

    options: Options

    def line(self, drawn: Drawn) -> bytes:
        """An annotation as JSON.

        :raises NotWritten: for a shape of the other mode, or one that cannot be written without its image's size.
        """
        shape = drawn.shape
        self._refuse(shape)
        detection = self._detection
        found: dict[str, Any] = {"id": drawn.number, "image_id": drawn.image, "category_id": drawn.category.number}
        if detection or self.options.include_bbox_alongside_segmentation:
            found["bbox"] = self._rounded(shape.bbox)
        found["area"] = self._rounded([shape.area if not detection else shape.bbox[2] * shape.bbox[3]])[0]
        found["iscrowd"] = int(drawn.iscrowd)
        if not detection:
            found["segmentation"] = self._corners(drawn) if _boxed(shape) else self._segmentation(drawn)
        if shape.keypoints:
            found["keypoints"] = self._keypoints(shape.keypoints)
            found["num_keypoints"] = sum(v > 0 for v in shape.keypoints[2::3])
        facts = self._facts(drawn)
        try:
            return orjson.dumps(found | facts)
        except orjson.JSONEncodeError:  # of attributes that are nested more deeply than it writes
            return orjson.dumps(found | facts | {ATTRIBUTES: {"value": drawn.attributes}})

    def shown(self, drawn: Drawn) -> Shape | None:
        """What a reader sees of an annotation: in detection its box alone; None where it is not written."""
        try:
            self._refuse(drawn.shape)
        except NotWritten:
            return None
        shape = drawn.shape
        return attrs.evolve(shape, kind=BOX, parts=(), mask=None) if self._detection else shape

    @property
    def _detection(self) -> bool:
        return self.options.export_mode == "detection"

    def _refuse(self, shape: Shape) -> None:
        of_box = shape.kind in (BOX, ROTATED_BOX)
        if self._detection and not self.options.include_bbox_from_segmentation and not of_box:
            raise NotWritten("NOT_A_BOX", "The annotation is no box; it was left out.", "info")
        if not self._detection and _boxed(shape) and not self.options.convert_bbox_to_segmentation:
            raise NotWritten("BOX_ONLY", "The annotation is a box without an outline; it was left out.", "info")

    def _corners(self, drawn: Drawn) -> list[list[float]]:
        x, y, width, height = drawn.shape.bbox
        return [self._rounded((x, y, x + width, y, x + width, y + height, x, y + height))]

    def _segmentation(self, drawn: Drawn) -> Any:
        """Rings of a shape without holes; else run lengths, which readers take for one object when it is no crowd."""
        shape = drawn.shape
        mask = shape.mask
        if mask is None and all(len(part) == 1 for part in shape.parts):
            return [self._rounded(part[0]) for part in shape.parts]
        if mask is None:
            if drawn.width is None or drawn.height is None:
                message = "A shape with holes takes its image's size, which is not known; it was left out."
                raise NotWritten("IMAGE_SIZE_MISSING", message)
            mask = rle.from_parts(shape.parts, drawn.height, drawn.width)
        return _run_lengths(mask)

    def _facts(self, drawn: Drawn) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if drawn.score:
            found["score"] = _number(drawn.score)
        more = _object(drawn.attributes)
        if drawn.shape.kind == "rotated_box":
            more["rotation"] = drawn.shape.rotation
        if drawn.source:
            more.setdefault("source", drawn.source)
        if more:
            found[ATTRIBUTES] = more
        if drawn.uid != str(drawn.number):
            found["uid"] = drawn.uid
        return found

    def _keypoints(self, points: list[float]) -> list[float]:
        rounded = self._rounded(points)
        return [int(v) if i % 3 == 2 else v for i, v in enumerate(rounded)]

    def _rounded(self, numbers: Iterable[float]) -> list[float]:
        decimals = self.options.decimals
        return list(numbers) if decimals is None else [round(n, decimals) for n in numbers]


def _boxed(shape: Shape) -> bool:
    """Whether a shape has no outline but its box."""
    return shape.kind == BOX or not (shape.parts or shape.mask)


def _run_lengths(mask: Mask) -> dict[str, Any]:
    return {"size": [mask.height, mask.width], "counts": rle.compress(mask)}


def _number(text: str) -> float | None:
    try:
        number = float(text) + 0.0  # -0.0 becomes 0.0
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _object(text: str) -> dict[str, Any]:
    """A JSON object; what is none stands below a name of its own, so that nothing is lost."""
    if not text:
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = text
    return found if isinstance(found, dict) else {"value": found}
