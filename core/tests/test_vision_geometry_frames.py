"""Shapes seen upright lie on the same pixels in the file, whatever its EXIF orientation."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image, ImageOps

from exporter.vision.geometry import rle
from exporter.vision.geometry.boxes import bounds_of, turned_corners
from exporter.vision.geometry.frames import stored_size, to_stored
from exporter.vision.geometry.read import read
from exporter.vision.geometry.shape import Given, Shape

ORIENTATIONS = range(1, 9)


def stored_and_seen(orientation: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of a file with this orientation, no two alike, and what Pillow shows of it."""
    stored = np.arange(3 * 5, dtype=np.uint8).reshape(3, 5)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(stored).save(file, "PNG", exif=exif)
    with Image.open(file) as image:
        return stored, np.asarray(ImageOps.exif_transpose(image))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_pixel_is_found_again(orientation: int) -> None:
    stored, seen = stored_and_seen(orientation)
    height, width = seen.shape
    assert stored_size(orientation, width, height) == stored.shape[::-1]
    for y in range(height):
        for x in range(width):
            middle = Shape("keypoints", (x, y, 1, 1), 1, keypoints=[x + 0.5, y + 0.5, 2])
            found = to_stored(middle, orientation, width, height)
            left, top, *size = found.bbox
            assert stored[int(top), int(left)] == seen[y, x]
            assert (size, found.keypoints) == ([1, 1], [left + 0.5, top + 0.5, 2])


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_mask_covers_the_same_pixels(orientation: int) -> None:
    stored, seen = stored_and_seen(orientation)
    height, width = seen.shape
    mask = rle.encode(np.isin(seen, [1, 2, 6, 14]))
    shape = Shape("mask", rle.bbox(mask), 4, mask=mask)
    found = to_stored(shape, orientation, width, height)
    assert found.mask == rle.encode(np.isin(stored, [1, 2, 6, 14]))
    assert found.mask is not None
    assert (found.bbox, found.area) == (rle.bbox(found.mask), 4)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_polygon_with_a_hole_covers_the_same_pixels(orientation: int) -> None:
    text = "MULTIPOLYGON (((1 2, 31 2, 36 22, 1 22), (6 7, 16 7, 6 17)), ((40 3, 46 3, 40 12)))"
    shape = read(Given(geometry=text), None, None)
    found = to_stored(shape, orientation, 50, 30)
    assert [len(part) for part in found.parts] == [2, 1]
    assert found.bbox == bounds_of([n for part in found.parts for n in part[0]])
    seen = Shape("mask", (0, 0, 1, 1), 1, mask=rle.from_parts(shape.parts, 30, 50))
    turned = to_stored(seen, orientation, 50, 30).mask
    width, height = stored_size(orientation, 50, 30)
    drawn = rle.from_parts(found.parts, height, width)
    assert turned is not None
    different = rle.area(rle.difference(turned, drawn)) + rle.area(rle.difference(drawn, turned))
    assert different < 0.1 * rle.area(drawn)  # slanted edges round another way
    assert found.area == shape.area


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_rotated_box_is_turned_with_the_image(orientation: int) -> None:
    rotation = {1: 20, 2: -20, 3: 200, 4: 160, 5: -110, 6: -70, 7: 70, 8: 110}[orientation]
    given = Given(bbox_x="10", bbox_y="5", bbox_width="20", bbox_height="6", rotation="20")
    shape = read(given, None, None)
    found = to_stored(shape, orientation, 50, 30)
    assert (found.rotation, found.area) == (rotation, 120)
    middle = to_stored(Shape("keypoints", (0, 0, 1, 1), 1, keypoints=[20, 8, 1]), orientation, 50, 30).keypoints
    corners = turned_corners((middle[0] - 10, middle[1] - 3, 20, 6), rotation)
    assert found.parts[0][0] == pytest.approx(corners)
    assert found.bbox == pytest.approx(bounds_of(corners))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_what_was_up_in_a_rotated_box_is_still_up(orientation: int) -> None:
    shape = read(Given(bbox_x="10", bbox_y="5", bbox_width="20", bbox_height="6", rotation="20"), None, None)
    up = to_stored(Shape("keypoints", (0, 0, 1, 1), 1, keypoints=[0, 0, 1, 0, -1, 1]), orientation, 50, 30).keypoints
    degrees = math.degrees(math.atan2(up[3] - up[0], up[1] - up[4]))
    found = to_stored(shape, orientation, 50, 30)
    assert math.isclose(math.cos(math.radians(abs(found.rotation - degrees))), math.cos(math.radians(20)))


@pytest.mark.parametrize("orientation", [1, 0, 9, -1])
def test_an_upright_image_changes_nothing(orientation: int) -> None:
    shape = Shape("box", (1, 2, 3, 4), 12)
    assert to_stored(shape, orientation, 50, 30) is shape
    assert stored_size(orientation, 50, 30) == (50, 30)


def test_points_that_are_not_labelled_stay() -> None:
    shape = Shape("box", (1, 2, 3, 4), 12, keypoints=[0, 0, 0, 1, 2, 1])
    assert to_stored(shape, 3, 50, 30).keypoints == [0, 0, 0, 49, 28, 1]
