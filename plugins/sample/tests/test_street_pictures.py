from __future__ import annotations

import io
import sqlite3
from typing import Any

import pytest
from PIL import Image as Pixels
from PIL import ImageOps

from exporter_sample import source
from exporter_sample.street_pictures import picture
from exporter_sample.street_plan import CAMERAS, Image

from .databases import values
from .streets import NEWEST, drawn, mask, rings

SEED = 7


def upright(number: int) -> Pixels.Image:
    turned = ImageOps.exif_transpose(Pixels.open(io.BytesIO(picture(number, SEED))))
    return turned.convert("RGB")


def near(pixel: Any, colour: str) -> bool:
    wanted = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return all(abs(a - b) <= 12 for a, b in zip(pixel, wanted, strict=True))


def test_same_arguments_same_picture() -> None:
    assert picture(3, 7) == picture(3, 7)
    assert picture(3, 7) != picture(3, 8)
    assert picture(3, 7) != picture(8, 7)


@pytest.mark.parametrize("number", [*range(12), 23, 59, 70, 999_999])
def test_a_picture_is_as_its_row_says(number: int) -> None:
    image, data = Image(number), picture(number, SEED)
    assert len(data) == image.size
    Pixels.open(io.BytesIO(data)).verify()
    stored = Pixels.open(io.BytesIO(data))
    assert (stored.format, stored.getexif().get(0x0112, 1)) == ("JPEG", image.orientation)
    assert ImageOps.exif_transpose(stored).size == (image.camera.width, image.camera.height)
    assert (stored.size == (image.camera.width, image.camera.height)) == (image.orientation == 1)


def test_the_database_has_what_the_pictures_have(street: sqlite3.Connection) -> None:
    about = "path, width, height, size_bytes, exif_orientation, mime"
    for number, row in enumerate(street.execute(f"select {about} from images order by id")):
        image = Image(number)
        expected = (image.path, image.camera.width, image.camera.height, image.size, image.orientation, "image/jpeg")
        assert tuple(row) == expected
    assert values(street, "select exif_orientation from images where exif_orientation <> 1") == [6]


def test_puddles_and_roundabouts_have_their_labels_colour_where_they_lie(street: sqlite3.Connection) -> None:
    day = "i.id in (select image_id from image_tags f join tags t on t.id = f.tag_id where t.name in ('day', 'dag'))"
    names = "('puddle', 'vandpyt', 'roundabout', 'rundkørsel')"
    rows = drawn(street, f"{NEWEST} and {day} and l.name in {names}")
    assert len({r["label"] for r in rows}) == 4
    for row in rows:
        found, pixels = rings(row), upright(row["image_id"] - 1)
        left, right, y = int(min(x for x, _ in found[0])), int(max(x for x, _ in found[0])), int(found[0][0][1])
        inside = right - 6 if len(found) == 2 else (left + right) // 2
        assert near(pixels.getpixel((inside, y)), row["colour"])
        assert not any(near(pixels.getpixel((x, y)), row["colour"]) for x in (left - 4, right + 4))
        if len(found) == 2:
            assert not near(pixels.getpixel(((left + right) // 2, y)), row["colour"])


def test_trees_are_green_where_their_masks_are(street: sqlite3.Connection) -> None:
    rows = drawn(street, f"{NEWEST} and l.name in ('tree', 'træ') and i.id < 30")
    assert rows
    for row in rows:
        pixels = upright(row["image_id"] - 1)
        found: list[Any] = [pixels.getpixel(p) for p in mask(row)]
        assert sum(g > r and g > b for r, g, b in found) > 0.75 * len(found)


def test_media_open_by_path_and_no_other_name_does() -> None:
    found = source.street(images=8)
    with found.open_media("cam-østerbro/0002.jpg") as file:
        assert file.read() == picture(7, SEED)
    for name in ("cam-roof/roof-0002.jpg", "cam-roof/roof-00001.jpg", "cam-roof/roof-0000.jpg", "0001.jpg", "../a", ""):
        with pytest.raises(FileNotFoundError):
            found.open_media(name)


def test_folders_share_base_names() -> None:
    first = [Image(n).path for n in range(len(CAMERAS))]
    assert {"cam-north/0001.jpg", "cam-south/0001.jpg", "cam-østerbro/0001.jpg"} <= set(first)
