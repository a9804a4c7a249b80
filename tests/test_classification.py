"""Classified images on three databases, and as the packages that people load them with read them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import attrs
import pytest
from PIL import Image

import exporter
from exporter import RecordSource, Source
from exporter.testing.classified import made_source

from .annotators import DATABASES, platform
from .reading import read

FREE = {"classification_mode": "free_form", "class_mapping": '{"wet": ["rain"], "dry": ["2"], "dark": ["night"]}'}


# --- three databases


def written(source: Source, folder: Path, options: dict[str, Any], **more: Any) -> tuple[list[str], dict[str, int]]:
    """The rows of the manifest, and the findings."""
    output = folder / "out"
    found = exporter.run(
        format="csv-manifest", source=source, output=output, options={"packaging": "folder", **options}, force=True, **more
    )
    lines = (output / "manifest.csv").read_bytes().decode().split("\r\n")
    return lines[1:-1], {finding.code: finding.count for finding in found.report.findings}


@pytest.mark.parametrize("kind", DATABASES)
def test_every_database_gives_the_classes_that_were_counted_by_hand(kind: str, tmp_path: Path) -> None:
    with platform(kind, tmp_path) as source:
        lines, codes = written(source, tmp_path, {"category_id": "1"})
        assert lines == [
            "images/a/100%_one.JPG,rain,train",
            "images/a/100x_two.jpg,rain,train",
            "images/A/three.jpg,sun,val",
        ]
        assert (codes["SPLIT_NONE"], codes["TAG_NOT_CHOSEN"]) == (1, 1)
        lines, codes = written(source, tmp_path, FREE, filters={"splits": ("train", "none")})
        assert lines == [
            "images/a/100%_one.JPG,wet,train",
            "images/a/100%_one.JPG,dark,train",
            "images/a/100x_two.jpg,wet,train",
        ]
        assert codes["NO_CLASS"] == 1
        lines, codes = written(source, tmp_path, {"category_id": "2", "unclassified": "day"})
        assert [line.split(",")[1] for line in lines] == ["night", "day", "day"]


@pytest.mark.parametrize("kind", DATABASES)
def test_every_database_counts_classes_before_they_are_read(kind: str, tmp_path: Path) -> None:
    with platform(kind, tmp_path) as source:
        options = {**FREE, "class_mapping": '{"any": ["rain", "sun", "night"], "wet": ["1"]}', "unclassified": "none"}
        found = exporter.preview(
            format="csv-manifest", source=source, options=options, filters={"splits": ("train", "none")}
        )
        assert found.report.classes == {"any": 2, "wet": 2, "none": 1}


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("way", ["skip", "first", "all"])
def test_every_database_finds_the_images_of_several_classes(kind: str, way: str, tmp_path: Path) -> None:
    with platform(kind, tmp_path) as source:
        media = attrs.evolve(source, media=lambda name: io.BytesIO(b"\xff\xd8\xff" + name.encode()))
        options = {**FREE, "on_conflict": way, "packaging": "folder"}
        result = exporter.run(format="imagefolder", source=media, output=tmp_path / "out", options=options)
        assert {f.code: f.count for f in result.report.findings}["CLASS_CONFLICT"] == 1
        files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.[jJ]*[gG]")}
        one = {"skip": set(), "first": {"wet"}, "all": {"wet", "dark"}}[way]
        assert files == {"train/wet/100x_two.jpg", "val/dry/three.jpg", *(f"train/{each}/100%_one.JPG" for each in one)}


@pytest.mark.parametrize("kind", DATABASES)
def test_tags_need_no_record_of_their_own_on_any_database(kind: str, tmp_path: Path) -> None:
    with platform(kind, tmp_path) as source:
        bare = attrs.evolve(source, records={n: r for n, r in source.records.items() if n != "tag"})
        lines, _ = written(bare, tmp_path, {})
        assert [line.split(",")[1] for line in lines] == ["1", "3", "1", "2"]


# --- readers


def picture(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20 + number, 10), (number, 5, 9)).save(file, "JPEG")
    return file.getvalue()


def gallery(folder: Path, *, splits: bool = True, paths: str = "a/{}.jpg") -> Source:
    """Nine images: 1, 2 and 3 of train, val and test are cats, 4 to 6 dogs, 7 and 8 birds; 9 has no class."""
    images: list[dict[str, Any]] = [
        {"image_id": f"i{i}", "path": paths.format(i), "width": 20 + i, "height": 10, "content": picture(i)}
        for i in range(1, 10)
    ]
    if splits:
        for i, row in enumerate(images):
            row["split"] = ("train", "val", "test")[i % 3]
    tags = [{"tag_id": i, "name": name} for i, name in enumerate(("cat", "dog", "bird, small"), 1)]
    return made_source(folder, images, tags, [(f"i{i}", 1 + (i - 1) // 3) for i in range(1, 9)])


def export(format: str, source: Source, output: Path, **options: Any) -> Path:
    exporter.run(format=format, source=source, output=output, options={"packaging": "folder", **options})
    return output


def test_hugging_face_reads_splits_and_labels_of_an_image_folder(tmp_path: Path) -> None:
    found = read("read_classified.py", "labels", export("imagefolder", gallery(tmp_path), tmp_path / "out"))
    one = {"cat": 1, "dog": 1}
    assert found == {"train": {**one, "bird, small": 1}, "validation": {**one, "bird, small": 1}, "test": one}


def test_hugging_face_reads_an_image_folder_without_splits(tmp_path: Path) -> None:
    found = read("read_classified.py", "labels", export("imagefolder", gallery(tmp_path, splits=False), tmp_path / "out"))
    assert found == {"train": {"cat": 3, "dog": 3, "bird, small": 2}}


def test_hugging_face_reads_an_image_folder_of_links(tmp_path: Path) -> None:
    folder = export("imagefolder", gallery(tmp_path), tmp_path / "out", link="symlink")
    assert sum(sum(each.values()) for each in read("read_classified.py", "labels", folder).values()) == 8


def test_hugging_face_reads_metadata_csv_beside_the_manifest(tmp_path: Path) -> None:
    folder = export("csv-manifest", gallery(tmp_path), tmp_path / "out", include_images=True)
    found = read("read_classified.py", "metadata", folder)
    assert list(found) == ["train"]  # as it calls a folder without splits; ours are in the column
    rows = {row["image_id"]: row for row in found["train"]}
    assert len(rows) == 8
    assert rows["i8"] == {
        "image": [28, 10], "class_name": "bird, small", "split": "val", "width": 28, "height": 10, "image_id": "i8",
    }  # fmt: skip


def test_hugging_face_reads_paths_that_hold_splits_when_it_is_told_the_files(tmp_path: Path) -> None:
    folder = export("csv-manifest", gallery(tmp_path, paths="test/{}.jpg"), tmp_path / "out", include_images=True)
    assert len(read("read_classified.py", "metadata", folder, "**")["everything"]) == 8
    guessed = read("read_classified.py", "metadata", folder)
    assert "class_name" not in next(iter(guessed.values()))[0]  # what NAMED_LIKE_SPLIT warns of


def test_mlcroissant_reads_the_records_of_both_files(tmp_path: Path) -> None:
    folder = export("csv-manifest", gallery(tmp_path), tmp_path / "out", include_images=True, license="CC0-1.0")
    found = read("read_classified.py", "croissant", folder)
    assert (found["about"]["name"], found["about"]["license"], found["issues"]) == ("annotated", ["CC0-1.0"], [])
    assert found["manifest"][0] == {
        "manifest/image_path": "images/a/1.jpg",
        "manifest/class_name": "cat",
        "manifest/split": "train",
    }
    assert [row["metadata/width"] for row in found["metadata"]] == list(range(21, 29))


def test_mlcroissant_reads_what_has_neither_splits_nor_sizes(tmp_path: Path) -> None:
    source = gallery(tmp_path, splits=False)
    image: Any = source.records["image"]
    kept = [c for c in image.select.selected_columns if c.key not in ("width", "height")]
    bare = attrs.evolve(
        source, records={**source.records, "image": RecordSource(image.select.with_only_columns(*kept), key=image.key)}
    )
    found = read("read_classified.py", "croissant", export("csv-manifest", bare, tmp_path / "out"))
    assert len(found["manifest"]) == len(found["metadata"]) == 8


def test_mlcroissant_refuses_a_manifest_that_was_changed(tmp_path: Path) -> None:
    folder = export("csv-manifest", gallery(tmp_path), tmp_path / "out")
    with (folder / "manifest.csv").open("ab") as file:
        file.write(b"images/x.jpg,cat,train\r\n")
    with pytest.raises(AssertionError, match="hash"):
        read("read_classified.py", "croissant", folder)
