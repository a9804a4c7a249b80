"""A format of annotated images as somebody else would write it: images with their annotations, in order, each row told of once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

import exporter
from exporter.errors import InputError, PluginError
from exporter.options import option
from exporter.parts import Part
from exporter.testing.annotated import annotated
from exporter.vision.annotated import AnnotatedImages
from exporter.vision.annotations import Drawn, NotWritten
from exporter.vision.formats import AnnotationFormat
from exporter.vision.options import AnnotationOptions

LABELS = [{"label_id": 7, "class_name": "tree"}, {"label_id": 30, "class_name": "car"}]
BOX = {"bbox_x": 1, "bbox_y": 2, "bbox_width": 3, "bbox_height": 4, "kind": "box"}


@attrs.frozen
class Options(AnnotationOptions):
    by_split: bool = option(default=False, help="Whether the artifact is made of splits")


class Boxes(AnnotationFormat[Options]):
    """A line for each box, in a file for each image."""

    name = "boxes"
    title = "Boxes"
    packaging = "folder"
    times = 1

    def is_by_split(self, options: Options) -> bool:
        return options.by_split

    def exporter_serialize(self, ctx: Any, tables: Any) -> Iterator[Part]:
        found = AnnotatedImages.of(ctx, tables)
        for _ in range(self.times):
            for picture, words in found.by_image(self.word):
                yield Part(f"{picture.name}.txt", [" ".join(words).encode()], rows=len(words))
        yield from found.files("images/{split}/{name}")
        yield found.metadata()

    def word(self, drawn: Drawn) -> str:
        if drawn.shape.kind != "box":
            raise NotWritten("NO_BOX", "It is no box.")
        return f"{drawn.category.name}{drawn.number}"


def of(*of_images: int, files: Mapping[str, bytes] | None = None, **more: Any) -> exporter.Source:
    """A source of four images, with a box of label 7 on each of those that are named."""
    images = [{"image_id": i, "path": f"{i}.jpg", "split": "val" if i == 4 else "train"} for i in range(1, 5)]
    drawn = [{"annotation_id": f"a{n}", "image_id": i, "label_id": 7, **BOX} for n, i in enumerate(of_images, 1)]
    return annotated({"image": images, "label": LABELS, "annotation": drawn, **more}, files)


def run(folder: Path, source: exporter.Source, **options: Any) -> tuple[dict[str, str], exporter.api.Result]:
    out = folder / "out"
    result = exporter.run(format=Boxes(), source=source, output=out, options={"packaging": "folder", **options}, force=True)
    files = {p.relative_to(out).as_posix(): p.read_text() for p in out.rglob("*") if p.is_file()}
    return files, result


def test_each_image_comes_with_its_annotations_in_order(tmp_path: Path) -> None:
    files, result = run(tmp_path, of(3, 1, 3))
    about = json.loads(files.pop("metadata.json"))
    assert files == {"1.jpg.txt": "tree2", "2.jpg.txt": "", "3.jpg.txt": "tree1 tree3", "4.jpg.txt": ""}
    assert about["splits"] == {"train": 3, "val": 1}
    assert about["classes"] == {"7": "tree", "30": "car"}
    assert result.report.records["annotation"].written == 3


def test_a_source_without_annotations_has_images(tmp_path: Path) -> None:
    source = annotated({"image": [{"image_id": 1, "path": "1.jpg", "split": "train"}]})
    files, result = run(tmp_path, source)
    assert files["1.jpg.txt"] == ""
    assert "NO_ANNOTATIONS" in {f.code for f in result.report.findings}


def test_only_annotated_leaves_out_images_none_of_whose_annotations_is_written(tmp_path: Path) -> None:
    outline = {"annotation_id": "b", "image_id": 2, "label_id": 7, "kind": "polygon", "geometry": "[[1, 2], [5, 2], [5, 6]]"}
    boxes = [{"annotation_id": "a", "image_id": 3, "label_id": 7, "geometry": None, **BOX}]
    source = of(annotation=[{**dict.fromkeys(BOX), **outline}, *boxes], files={f"{i}.jpg": b"x" for i in range(5)})
    files, result = run(tmp_path, source, only_annotated=True, include_images=True)
    assert set(files) == {"3.jpg.txt", "images/train/3.jpg", "metadata.json"}
    assert json.loads(files["metadata.json"])["splits"] == {"train": 1}
    counts = {f.code: f.count for f in result.report.findings}
    assert (counts["NO_BOX"], counts["IMAGE_NOT_ANNOTATED"]) == (1, 1)
    assert result.report.records["image"].written == 1


def test_labels_that_were_not_asked_for_are_left_out_by_rule(tmp_path: Path) -> None:
    files, _ = run(tmp_path, of(1, 2), label_filter=("car",))
    assert files["1.jpg.txt"] == ""
    assert json.loads(files["metadata.json"])["classes"] == {"30": "car"}


def test_an_artifact_of_splits_leaves_out_images_of_none(tmp_path: Path) -> None:
    images = [{"image_id": 1, "path": "1.jpg", "split": None}, {"image_id": 2, "path": "2.jpg", "split": "test"}]
    assert "1.jpg.txt" in run(tmp_path, of(1, image=images))[0]
    assert "1.jpg.txt" not in run(tmp_path, of(1, image=images), by_split=True)[0]


def test_images_are_gone_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Boxes, "times", 2)
    with pytest.raises(PluginError, match=r"Plugin 'boxes' .* The table 'images' was read a second time"):
        run(tmp_path, of(1))


def test_images_are_refused_where_the_source_has_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no media folder"):
        run(tmp_path, of(1), include_images=True)


class Looking(Boxes):
    """Tells how large images are, and how they are turned."""

    def exporter_serialize(self, ctx: Any, tables: Any) -> Iterator[Part]:
        pictures = [picture for picture, _ in AnnotatedImages.of(ctx, tables).by_image(self.word)]
        yield Part("sizes.txt", [repr([(p.width, p.height, p.orientation) for p in pictures]).encode()])


def test_sizes_and_orientations_that_are_none_are_not_known(tmp_path: Path) -> None:
    images = [
        {"image_id": 1, "path": "1.jpg", "width": "1" * 300, "height": "48", "orientation": "9" * 300},
        {"image_id": 2, "path": "2.jpg", "width": "64", "height": "48", "orientation": "12"},
        {"image_id": 3, "path": "3.jpg", "width": "64", "height": "48", "orientation": "6"},
    ]
    options = {"packaging": "folder", "frame": "stored"}
    exporter.run(format=Looking(), source=of(1, image=images), output=tmp_path / "out", options=options)
    assert (tmp_path / "out/sizes.txt").read_text() == "[(None, 48, 1), (64, 48, 1), (48, 64, 6)]"


def test_what_a_class_made_from_a_base_inherits() -> None:
    assert Boxes.Options is Options
    assert (Boxes.family, Boxes.identified, Boxes.extension) == ("vision", ("image", "label"), "zip")

    class Fewer(Boxes):
        name = "fewer"

    assert Fewer.Options is Options
