"""A small platform of annotated pictures whose database, files and exports can be spoilt."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from .failures_kit import Desk, Outcome

PIXELS = b"\xff\xd8\xff\xe0 %d \xff\xd9"  # a JPEG to who looks at its first bytes
SCHEMA = """
create table labels (id integer primary key, name);
create table tags (id integer primary key, name);
create table images (id integer primary key, path, width, height, split);
create table image_tags (id integer primary key, image, tag);
create table shapes (id integer primary key, image, label, x, y, w, h, outline, version, job, began, gone);
create index shapes_image on shapes (image);
insert into labels values (1, 'car'), (2, 'tree');
insert into tags values (1, 'rain'), (2, 'sun');
insert into images values (1, 'a/one.jpg', 100, 80, 'train'), (2, 'a/two.jpg', 100, 80, 'val'),
    (3, 'b/three.jpg', 100, 80, 'train');
insert into image_tags values (1, 1, 1), (2, 2, 2), (3, 3, 1);
insert into shapes values (1, 1, 1, 10, 10, 20, 20, null, 1, 7, '2026-06-01 12:00:00', null),
    (2, 2, 2, null, null, null, null, '[[10, 10], [60, 10], [60, 60]]', 1, 7, '2026-06-02 12:00:00', null);
"""
TAGGED = """[sources.pictures.records.image_tag]
table = "image_tags"
key = "id"
columns = { image_tag_id = "id", image_id = "image", tag_id = "tag" }
"""
TOML = f"""[sources.pictures]
url = "sqlite:///pictures.db"
family = "vision"
media = "media"
[sources.pictures.records.label]
table = "labels"
key = "id"
columns = {{ label_id = "id", class_name = "name" }}
[sources.pictures.records.tag]
table = "tags"
key = "id"
columns = {{ tag_id = "id", name = "name" }}
[sources.pictures.records.image]
table = "images"
key = "id"
columns = {{ image_id = "id", path = "path", width = "width", height = "height", split = "split" }}
{TAGGED}[sources.pictures.records.annotation]
table = "shapes"
key = "id"
[sources.pictures.records.annotation.columns]
annotation_id = "id"
image_id = "image"
label_id = "label"
bbox_x = "x"
bbox_y = "y"
bbox_width = "w"
bbox_height = "h"
geometry = "outline"
version = "version"
job_id = "job"
valid_from = "began"
deleted_at = "gone"
"""
FREE = ("--classification-mode", "free_form", "--class-mapping")
OF_SPLITS = ("--layout", "splits")
CLASSIFIED = ("csv-manifest", "imagefolder")


def pictures(desk: Desk, *sql: str | tuple[str, Sequence[Any]], toml: Mapping[str, str] | None = None) -> None:
    """Three pictures of two labels and two tags, with their files.

    :param sql: scripts, or statements with values; :param toml: texts of exporter.toml to replace by others.
    """
    desk.provide("pictures.db", SCHEMA, sql, TOML, toml or {})
    for number, name in enumerate(("a/one.jpg", "a/two.jpg", "b/three.jpg")):
        put(desk, name, PIXELS % number)


def put(desk: Desk, name: str, content: bytes) -> None:
    """A file of the media folder."""
    file = desk.folder / "media" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def run(desk: Desk, *words: str, format: str = "coco") -> Outcome:
    """An export into the place of the one before."""
    return desk.run("--force", *words, format=format)


def each(desk: Desk, formats: Sequence[str], *words: str) -> list[Outcome]:
    """The same export for several formats."""
    return [run(desk, *words, format=name) for name in formats]


def with_images(desk: Desk) -> list[Outcome]:
    """Exports of all formats with the files of the images."""
    return [*each(desk, ("coco", "yolo", "csv-manifest"), "--include-images"), run(desk, format="imagefolder")]


def names(outcome: Outcome) -> list[str]:
    """The files of the artifact."""
    assert outcome.output is not None
    with zipfile.ZipFile(outcome.output) as archive:
        return archive.namelist()


def document(outcome: Outcome, name: str = "annotations.json") -> Any:
    """A JSON file of the artifact."""
    assert outcome.output is not None
    with zipfile.ZipFile(outcome.output) as archive:
        return json.loads(archive.read(name))


def written(outcome: Outcome, record: str) -> int:
    """How many rows of a record are in the artifact."""
    return int(outcome.report["records"][record]["written"])


def called(*names: str) -> list[str | tuple[str, Sequence[Any]]]:
    """Tags and labels of these names, each of one picture `N/same.jpg` with one box."""
    found: list[str | tuple[str, Sequence[Any]]] = [
        "delete from tags; delete from labels; delete from images; delete from image_tags; delete from shapes"
    ]
    for n, name in enumerate(names, 1):
        found += [
            ("insert into tags values (?, ?)", (n, name)),
            ("insert into labels values (?, ?)", (n, name)),
            ("insert into images values (?, ?, 100, 80, 'train')", (n, f"{n}/same.jpg")),
            ("insert into image_tags values (?, ?, ?)", (n, n, n)),
            ("insert into shapes (id, image, label, x, y, w, h) values (?, ?, ?, 1, 1, 9, 9)", (n, n, n)),
        ]
    return found


def run_of(desk: Desk, *names: str, format: str) -> Outcome:
    """An export of pictures with classes of these names."""
    pictures(desk, *called(*names))
    for number in range(1, len(names) + 1):
        put(desk, f"{number}/same.jpg", PIXELS % number)
    return run(desk, format=format)


def folders(outcome: Outcome) -> list[str]:
    """The folders of classes of an image folder."""
    return sorted({name.split("/")[1] for name in names(outcome) if name.count("/") == 2})
