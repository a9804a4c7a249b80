"""Pictures, classes and shapes as they should not be: what becomes of them, and that nothing goes without a word."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from functools import partial

from .failures_gallery import (
    CLASSIFIED,
    OF_SPLITS,
    PIXELS,
    document,
    each,
    folders,
    names,
    pictures,
    put,
    run,
    run_of,
    with_images,
    written,
)
from .failures_kit import Desk, Outcome, provokes

# --- names of classes


@provokes("class-name-path")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "../../x", "a/b", "a\\c", format="imagefolder")
    assert folders(found) == ["a_b", "a_c", "x"]
    assert [one["name"] for one in document(found, "classes.json")["classes"]] == ["../../x", "a/b", "a\\c"]
    return found


@provokes("class-name-refused")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "CON", "point.", "a:b?", format="imagefolder")
    assert folders(found) == ["_CON", "a_b_", "point_"]
    return found


@provokes("class-name-long")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "x" * 255, "x" * 254 + "y", "é" * 400, format="imagefolder")
    assert [len(name.encode()) <= 255 and "~" in name for name in folders(found)] == [True] * 3
    return found


@provokes("class-name-controls")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "a\0b\x1bc", format="imagefolder")
    assert folders(found) == ["a b c"]
    return found


@provokes("class-name-empty")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "rain", "", " ", format="imagefolder")
    assert folders(found) == ["rain", "tag 2", "tag 3"]
    return found


@provokes("label-name-empty")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update labels set name = null where id = 1; update labels set name = ' ' where id = 2")
    return each(desk, ("coco", "yolo"))


@provokes("class-name-case")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "Cat", "cat", format="imagefolder")
    assert folders(found) == ["Cat-1", "cat-2"]
    return found


@provokes("class-name-case-manifest")
def _(desk: Desk) -> Outcome:
    return run_of(desk, "Cat", "cat", format="csv-manifest")


@provokes("label-name-case")
def _(desk: Desk) -> Outcome:
    return run_of(desk, "Cat", "cat", format="coco")


@provokes("label-name-case-yolo")
def _(desk: Desk) -> Outcome:
    return run_of(desk, "Cat", "cat", format="yolo")


@provokes("label-name-hostile")
def _(desk: Desk) -> list[Outcome]:
    hostile = ("../../x", "a/b", "CON", 'a": "b', "a\nb: c", "x" * 255)
    found = run_of(desk, *hostile, format="coco")
    assert [one["name"] for one in document(found)["categories"]] == list(hostile)
    again = run(desk, format="yolo")
    assert list(document(again, "metadata.json")["classes"].values()) == list(hostile)
    return [found, again]


@provokes("class-names-equal")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update tags set name = 'rain'")
    return each(desk, CLASSIFIED)


# --- names of files


@provokes("file-names-equal")
def _(desk: Desk) -> Outcome:
    found = run_of(desk, "rain", "sun", "fog", format="imagefolder")
    assert [name for name in names(found) if name.endswith(".jpg")] == [
        f"train/{name}/same-{number}.jpg" for number, name in enumerate(("rain", "sun", "fog"), 1)
    ]
    return found


@provokes("file-names-case")
def _(desk: Desk) -> Outcome:
    pictures(desk, "update images set path = 'A/One.JPG' where id = 2")
    found = run(desk)
    assert [image["file_name"] for image in document(found)["images"]] == ["a/one-1.jpg", "A/One-2.JPG", "b/three.jpg"]
    return found


@provokes("image-path-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update images set path = '' where id = 1; update images set path = null where id = 2")
    return each(desk, ("coco", "yolo", *CLASSIFIED))


@provokes("image-path-outside")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    (desk.folder / "secret.jpg").write_bytes(PIXELS % 7)
    found = []
    for path in ("../secret.jpg", str(desk.folder / "secret.jpg"), "C:\\secret.jpg", "https://example.org/1.jpg", "a\0.jpg"):
        with closing(sqlite3.connect(desk.folder / "pictures.db")) as connection, connection:
            connection.execute("update images set path = ? where id = 1", (path,))
        found += [run(desk, format="imagefolder"), run(desk, "--include-images")]
        assert not [name for name in names(found[-1]) if "secret" in name]
    return found


# --- files of images


@provokes("image-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    (desk.folder / "media" / "a" / "two.jpg").unlink()
    return with_images(desk)


@provokes("image-empty")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    put(desk, "a/two.jpg", b"")
    return [run(desk, "--include-images"), run(desk, format="imagefolder")]


@provokes("image-unreadable")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    (desk.folder / "media" / "a" / "two.jpg").unlink()
    (desk.folder / "media" / "a" / "two.jpg").mkdir()
    return [run(desk, "--include-images"), run(desk, format="imagefolder")]


@provokes("images-all-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={'media = "media"': 'media = "nowhere"'})
    return with_images(desk)


@provokes("image-no-image")
def _(desk: Desk) -> Outcome:
    pictures(desk)
    put(desk, "a/two.jpg", b"<html>")
    return run(desk, format="imagefolder")


@provokes("media-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={'media = "media"\n': ""})
    return with_images(desk)


@provokes("image-size-missing")
def _(desk: Desk) -> Outcome:
    pictures(desk, "update images set width = null where id = 1")
    found = run(desk, format="yolo")
    assert written(found, "image") == 3
    return found


# --- shapes


def _shape(outline: str, desk: Desk) -> list[Outcome]:
    """Exports in which the outline of one of two annotations cannot be used."""
    pictures(desk, ("update shapes set outline = ? where id = 2", (outline,)))
    found = [run(desk), run(desk, "--task", "segment", format="yolo")]
    assert [written(outcome, "annotation") for outcome in found] == [1, 1]
    return found


SHAPES = {
    "shape-two-points": "[[10, 10], [60, 60]]",
    "shape-odd": "[10, 10, 60, 10, 60, 60, 10]",
    "shape-nan": "[[10, 10], [60, NaN], [60, 60]]",
    "shape-broken": "[[10, 10], [60,",
    "shape-empty": "[]",
    "mask-size": '{"size": [8, 10], "counts": [80]}',
    "mask-counts": '{"size": [80, 100], "counts": [5]}',
}
for _id, _outline in SHAPES.items():
    provokes(_id)(partial(_shape, _outline))


@provokes("shape-flat")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update shapes set w = 0 where id = 1")
    return each(desk, ("coco", "yolo"))


@provokes("shape-crosses")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update shapes set outline = '[[10, 10], [60, 60], [60, 10], [10, 60]]' where id = 2")
    return each(desk, ("coco", "yolo"))


def _beyond(desk: Desk, x: int) -> None:
    pictures(desk, f"update shapes set x = {x} where id = 1")


@provokes("shape-beyond")
def _(desk: Desk) -> Outcome:
    _beyond(desk, -10)
    found = run(desk)
    assert document(found)["annotations"][0]["bbox"] == [-10, 10, 20, 20]
    return found


@provokes("shape-beyond-yolo")
def _(desk: Desk) -> Outcome:
    _beyond(desk, -10)
    found = run(desk, format="yolo")
    assert found.output is not None
    with zipfile.ZipFile(found.output) as archive:
        assert archive.read("labels/train/a_one.txt") == b"0 0.05 0.25 0.1 0.25\n"
    return found


@provokes("shape-outside")
def _(desk: Desk) -> Outcome:
    _beyond(desk, 200)
    return run(desk, format="yolo")


@provokes("shape-rounded-away")
def _(desk: Desk) -> Outcome:
    pictures(desk)
    return run(desk, "--decimals", "0", format="yolo")


# --- what belongs to what


@provokes("label-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update shapes set label = 99 where id = 2")
    return [*each(desk, ("coco", "yolo")), run(desk, "--no-check")]


@provokes("label-not-given")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update shapes set label = null where id = 2")
    return each(desk, ("coco", "yolo"))


@provokes("image-not-there")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update shapes set image = 99 where id = 2; update image_tags set image = 99 where id = 3")
    found = each(desk, ("coco", "yolo"))
    found.append(run(desk, "--no-check"))
    assert [written(outcome, "annotation") for outcome in found] == [1, 1, 1]
    return [*found, *each(desk, CLASSIFIED)]


@provokes("tag-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "insert into image_tags values (9, 1, 99)")
    return each(desk, CLASSIFIED)


@provokes("image-without-class")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "delete from image_tags where image = 3")
    found = each(desk, CLASSIFIED)
    kept = run(desk, "--unclassified", "other", format="csv-manifest")
    assert [written(outcome, "image") for outcome in (*found, kept)] == [2, 2, 3]
    return found


def _twice(desk: Desk) -> None:
    """A table of images that has one identifier twice."""
    rows = "create table twice (id, path, width, height, split); insert into twice select * from images"
    pictures(desk, f"{rows}; update twice set id = 2 where id = 3", toml={'"images"\nkey = "id"': '"twice"\nkey = "rowid"'})


@provokes("image-twice")
def _(desk: Desk) -> list[Outcome]:
    _twice(desk)
    return each(desk, ("coco", "yolo", *CLASSIFIED))


@provokes("image-twice-kept-going")
def _(desk: Desk) -> list[Outcome]:
    _twice(desk)
    return each(desk, ("coco", "yolo", *CLASSIFIED), "--keep-going")


# --- nothing


@provokes("image-bare")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    found = each(desk, ("coco", "yolo"))
    assert [written(outcome, "image") for outcome in found] == [3, 3]
    fewer = each(desk, ("coco", "yolo"), "--only-annotated")
    assert [written(outcome, "image") for outcome in fewer] == [2, 2]
    return [*found, *fewer]


@provokes("only-annotated-broken")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update shapes set outline = '[1]' where id = 2")
    found = each(desk, ("coco", "yolo"), "--only-annotated")
    assert [written(outcome, "image") for outcome in found] == [1, 1]
    return found


@provokes("no-annotations")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "delete from shapes")
    return each(desk, ("coco", "yolo"))


@provokes("no-images")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    found = each(desk, ("coco", "yolo"), "--filter", "image_uids=77")
    found += each(desk, ("coco",), *OF_SPLITS, "--filter", "image_uids=77")
    assert document(found[-1], "annotations/instances_train.json")["images"] == []
    return found


@provokes("split-file-of-others")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    desk.folder.joinpath("splits.csv").write_text("image_id,split\n77,train\n")
    return each(desk, ("yolo", *CLASSIFIED), "--split-by", "splits.csv")
