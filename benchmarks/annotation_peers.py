"""COCO files as people write them by hand, with the same fast packages: SQLite to a finished zip.

    python annotation_peers.py fragment|shoelace|photos DATABASE OUTPUT

fragment  box and area from their columns, the polygon's text put through as it is (orjson.Fragment)
shoelace  the polygon's text parsed, box and area computed in Python
photos    a folder of images in place of the database: its files in a zip, stored
"""

from __future__ import annotations

import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from isal import isal_zlib
from polygons import shoelace

BLOCK = 4_000
SELECT = (
    "select a.id, a.image_id, a.label_id, a.x, a.y, a.w, a.h, a.area, a.polygon "
    "from images i join annotations a on a.image_id = i.id order by i.id, a.id"
)


def fragment(row: tuple[Any, ...]) -> bytes:
    number, image, label, x, y, width, height, area, polygon = row
    shape = [orjson.Fragment(polygon)]
    return orjson.dumps(_annotation(number, image, label, [x, y, width, height], area, shape))


def parsed(row: tuple[Any, ...]) -> bytes:
    number, image, label, *_, polygon = row
    ring = orjson.loads(polygon)
    xs, ys = ring[::2], ring[1::2]
    box = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
    return orjson.dumps(_annotation(number, image, label, box, shoelace(ring), [ring]))


def _annotation(number: int, image: int, label: int, box: list[float], area: float, shape: list[Any]) -> dict[str, Any]:
    found = {"id": number, "image_id": image, "category_id": label, "bbox": box, "area": area, "iscrowd": 0}
    return {**found, "segmentation": shape}


def pieces(connection: sqlite3.Connection, write: Callable[[tuple[Any, ...]], bytes]) -> Iterator[bytes]:
    labels = [{"id": i, "name": n} for i, n in connection.execute("select id, name from labels order by id")]
    yield b'{"categories":' + orjson.dumps(labels) + b',"images":['
    images = connection.execute("select id, path, width, height from images order by id")
    yield from _blocks(images, lambda r: orjson.dumps({"id": r[0], "file_name": r[1], "width": r[2], "height": r[3]}))
    yield b'],"annotations":['
    yield from _blocks(connection.execute(SELECT), write)
    yield b"]}"


def _blocks(rows: Any, write: Callable[[tuple[Any, ...]], bytes]) -> Iterator[bytes]:
    before = b""
    while found := rows.fetchmany(BLOCK):
        yield before + b",".join(map(write, found))
        before = b","


def photos(folder: Path, output: Path) -> None:
    with zipfile.ZipFile(output, "w") as archive:
        for file in sorted(folder.rglob("*.jpg")):
            archive.write(file, file.relative_to(folder))


def main() -> None:
    way, database, output = sys.argv[1:]
    if way == "photos":
        photos(Path(database), Path(output))
        return
    connection = sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True)
    deflate = isal_zlib.compressobj(1, 8, -15)
    packed, size, crc = Path(f"{output}.part"), 0, 0
    with packed.open("wb") as file:
        for piece in pieces(connection, {"fragment": fragment, "shoelace": parsed}[way]):
            size, crc = size + len(piece), isal_zlib.crc32(piece, crc)
            file.write(deflate.compress(piece))
        file.write(deflate.flush())
    _zip(packed, Path(output), size, crc)


def _zip(packed: Path, output: Path, size: int, crc: int) -> None:
    """The deflated bytes as the one file of a zip; zipfile writes the directory."""
    with zipfile.ZipFile(output, "w") as archive:
        info = zipfile.ZipInfo("annotations.json")
        info.compress_type, info.CRC = zipfile.ZIP_DEFLATED, crc
        info.file_size, info.compress_size, info.header_offset = size, packed.stat().st_size, 0
        assert archive.fp is not None
        archive.fp.write(info.FileHeader())
        with packed.open("rb") as file:
            while chunk := file.read(1 << 20):
                archive.fp.write(chunk)
        archive.start_dir = archive.fp.tell()
        archive.filelist.append(info)
        archive.NameToInfo[info.filename] = info
        archive.comment = b"by hand"  # so that the directory is written
    packed.unlink()


if __name__ == "__main__":
    main()
