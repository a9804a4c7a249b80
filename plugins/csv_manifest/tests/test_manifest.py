"""What the files of a CSV manifest hold."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Integer, String, column, literal, values

import exporter
from exporter.source import RecordSource, Source
from exporter.testing.classified import JPEG, made_source

from .gallery import classes, codes, export, rows, source

TAGS = [{"tag_id": 1, "name": "rain"}, {"tag_id": 2, "name": "sun"}]


def split_source(folder: Path, *splits: str | None) -> Source:
    images = [
        {"image_id": f"i{i}", "path": f"a/{i}.jpg", "split": split, "width": 10 * i, "height": 5}
        for i, split in enumerate(splits, 1)
    ]
    return made_source(folder, images, TAGS, [(f"i{i}", 1 + i % 2) for i in range(1, len(splits) + 1)])


def text(folder: Path, name: str = "manifest.csv") -> str:
    return (folder / "out" / name).read_bytes().decode()


def test_rows_are_as_rfc_4180_has_them(tmp_path: Path) -> None:
    tags = [{"tag_id": 1, "name": 'a "b", c'}, {"tag_id": 2, "name": "zwei\nZeilen é"}]
    export(source(tmp_path, tags, [(1, 1), (2, 2)]), tmp_path)
    assert text(tmp_path) == (
        "image_path,class_name,split\r\n"
        'images/1.jpg,"a ""b"", c",\r\n'
        'images/2.jpg,"zwei\nZeilen é",\r\n'
    )  # fmt: skip


def test_splits_are_written_and_images_of_none_left_out(tmp_path: Path) -> None:
    result = export(split_source(tmp_path, "train", "Validation", "TEST", None, "other"), tmp_path)
    assert [row["split"] for row in rows(tmp_path)] == ["train", "val", "test"]
    assert codes(result)["SPLIT_NONE"] == 2


def test_images_of_no_split_can_be_asked_for(tmp_path: Path) -> None:
    exporter.run(
        format="csv-manifest",
        source=split_source(tmp_path, "train", None),
        output=tmp_path / "out",
        options={"packaging": "folder"},
        filters={"splits": "none"},
    )
    assert [(row["image_path"], row["split"]) for row in rows(tmp_path)] == [("images/a/2.jpg", "")]


def test_without_any_splits_the_column_is_empty_and_all_are_written(tmp_path: Path) -> None:
    result = export(source(tmp_path, TAGS, [(1, 1), (2, 2)]), tmp_path)
    assert [row["split"] for row in rows(tmp_path)] == ["", ""]
    assert "SPLIT_NONE" not in codes(result)


def test_splits_may_come_from_a_hash_where_the_source_has_none(tmp_path: Path) -> None:
    export(source(tmp_path, TAGS, [(1, 1), (2, 2)]), tmp_path, split_by="hash:0,0,1")
    assert [row["split"] for row in rows(tmp_path)] == ["test", "test"]


def test_a_file_of_splits_leaves_out_what_it_does_not_name(tmp_path: Path) -> None:
    (tmp_path / "splits.csv").write_text("image_id,split\n2,val\n")
    result = export(source(tmp_path, TAGS, [(1, 1), (2, 2)]), tmp_path, split_by=str(tmp_path / "splits.csv"))
    assert [(row["image_path"], row["split"]) for row in rows(tmp_path)] == [("images/2.jpg", "val")]
    assert result.report.records["image_tag"].written == 1


def test_several_classes_are_several_rows(tmp_path: Path) -> None:
    assert classes(source(tmp_path, TAGS, [(1, 2), (1, 1)]), tmp_path) == [("1.jpg", "rain"), ("1.jpg", "sun")]


def test_several_classes_may_stand_in_one_column(tmp_path: Path) -> None:
    tags = [{"tag_id": 1, "name": "a|b"}, {"tag_id": 2, "name": "c\\d"}, {"tag_id": 3, "name": "e"}]
    found = source(tmp_path, tags, [(1, 1), (1, 2), (1, 3), (2, 1)])
    assert classes(found, tmp_path, multi_label="column") == [("1.jpg", r"a\|b|c\\d|e"), ("2.jpg", r"a\|b")]


def test_metadata_csv_is_keyed_by_file_name(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train", "val"), tmp_path)
    assert text(tmp_path, "metadata.csv") == (
        "file_name,class_name,split,width,height,image_id\r\n"
        "images/a/1.jpg,sun,train,10,5,i1\r\n"
        "images/a/2.jpg,rain,val,20,5,i2\r\n"
    )  # fmt: skip


def test_an_image_of_several_classes_stands_once_in_metadata_csv(tmp_path: Path) -> None:
    export(source(tmp_path, TAGS, [(1, 2), (1, 1)]), tmp_path)
    assert [(row["file_name"], row["class_name"]) for row in rows(tmp_path, "metadata.csv")] == [
        ("images/1.jpg", "rain|sun")
    ]


def test_paths_resolve_where_images_are_included(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train", "val"), tmp_path, include_images=True)
    assert {row["image_path"] for row in rows(tmp_path)} == {"images/a/1.jpg", "images/a/2.jpg"}
    assert (tmp_path / "out" / "images/a/2.jpg").read_bytes() == JPEG + b"i2"
    assert not (tmp_path / "out" / "images/README.txt").exists()


def test_paths_are_the_same_without_the_images(tmp_path: Path) -> None:
    found = split_source(tmp_path, "train", "val")
    export(found, tmp_path, include_images=True)
    before = text(tmp_path)
    export(found, tmp_path)
    assert text(tmp_path) == before
    assert [p.name for p in (tmp_path / "out" / "images").iterdir()] == ["README.txt"]


def test_images_are_stored_in_zips_and_not_deflated(tmp_path: Path) -> None:
    exporter.run(
        format="manifest_csv",
        source=split_source(tmp_path, "train"),
        output=tmp_path / "out.zip",
        options={"include_images": True},
    )
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        ways = {info.filename: info.compress_type for info in archive.infolist()}
    assert ways["images/a/1.jpg"] == zipfile.ZIP_STORED
    assert ways["manifest.csv"] == zipfile.ZIP_DEFLATED


def test_an_image_whose_file_is_missing_or_empty_is_left_out_with_its_classes(tmp_path: Path) -> None:
    found = split_source(tmp_path, "train", "train", "train")
    (tmp_path / "media/a/1.jpg").unlink()
    (tmp_path / "media/a/3.jpg").write_bytes(b"")
    result = export(found, tmp_path, include_images=True)
    assert [row["image_path"] for row in rows(tmp_path)] == ["images/a/2.jpg"]
    assert (codes(result)["IMAGE_UNREADABLE"], codes(result)["IMAGE_LEFT_OUT"]) == (2, 2)
    assert result.report.records["image"].written == result.report.records["image_tag"].written == 1
    assert result.report.classes == {"rain": 1, "sun": 0}


def test_an_image_without_a_path_is_left_out(tmp_path: Path) -> None:
    images = [{"image_id": 1, "path": None}, {"image_id": 2, "path": "x.jpg"}]
    assert classes(made_source(tmp_path, images, TAGS, [(1, 1), (2, 1)]), tmp_path) == [("x.jpg", "rain")]


def test_what_a_spreadsheet_would_run_is_left_and_counted(tmp_path: Path) -> None:
    tags = [{"tag_id": 1, "name": "=1+1"}, {"tag_id": 2, "name": "-5"}, {"tag_id": 3, "name": "'=1"}]
    result = export(source(tmp_path, tags, [(1, 1), (2, 2), (3, 3)]), tmp_path)
    assert [row["class_name"] for row in rows(tmp_path)] == ["=1+1", "-5", "'=1"]
    assert codes(result)["CELL_LIKE_FORMULA"] == 1


def test_the_report_counts_the_rows_of_each_file(tmp_path: Path) -> None:
    result = export(source(tmp_path, TAGS, [(1, 1), (1, 2), (2, 1)]), tmp_path)
    assert {p["name"]: p["rows"] for p in result.report.parts if p["rows"]} == {"manifest.csv": 3, "metadata.csv": 2}


# --- croissant.json


def croissant(folder: Path) -> Any:
    return json.loads(text(folder, "croissant.json"))


def test_croissant_tells_the_digests_of_the_files(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train"), tmp_path)
    told = {each["contentUrl"]: each["sha256"] for each in croissant(tmp_path)["distribution"]}
    files = ("manifest.csv", "metadata.csv")
    assert told == {name: hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() for name in files}


@pytest.mark.parametrize("images", [1, 2, 3])
def test_croissant_tells_the_digests_beside_few_images(images: int, tmp_path: Path) -> None:
    found = source(tmp_path, [{"tag_id": 1, "name": "rain"}], [(number, 1) for number in range(1, images + 1)])
    exporter.run(
        format="csv-manifest", source=found, output=tmp_path / "out.zip", options={"include_images": True}, workers=2
    )
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        (manifest, _) = json.loads(archive.read("croissant.json"))["distribution"]
        assert manifest["sha256"] == hashlib.sha256(archive.read("manifest.csv")).hexdigest()


def test_croissant_describes_every_column(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train"), tmp_path)
    for each in croissant(tmp_path)["recordSet"]:
        columns = [field["source"]["extract"]["column"] for field in each["field"]]
        assert columns == list(rows(tmp_path, f"{each['name']}.csv")[0])
        assert all(field["description"] for field in each["field"])


def test_croissant_names_the_source_and_no_licence_that_nobody_gave(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train"), tmp_path)
    found = croissant(tmp_path)
    assert (found["name"], found["conformsTo"]) == ("annotated", "http://mlcommons.org/croissant/1.0")
    assert "license" not in found


def named(source: Source, record: str, *rows: tuple[str, str]) -> Source:
    """The source with projects or data sets of these names and descriptions."""
    key = {"project": "project_id", "dataset": "dataset_id"}[record]
    fields = (column(key, Integer), column("name", String), column("description", String))
    made = values(*fields, name="given").data([(i, *row) for i, row in enumerate(rows, 1)]).cte("given")
    select = made.select().with_only_columns(*(made.c[each.name].label(each.name) for each in fields))
    return attrs.evolve(source, records={**source.records, record: RecordSource(select, key=made.c[key])})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("Street", "Seen in May")], ("Street", "Seen in May")),
        ([("Street", "")], ("Street", "Images of Street with their classes, exported from annotated.")),
        ([("", "Nothing")], ("annotated", "Images of annotated with their classes, exported from annotated.")),
        ([("One", ""), ("Two", "")], ("annotated", "Images of annotated with their classes, exported from annotated.")),
    ],
)
@pytest.mark.parametrize("record", ["project", "dataset"])
def test_croissant_names_the_only_project_or_data_set(
    record: str, given: Sequence[tuple[str, str]], expected: tuple[str, str], tmp_path: Path
) -> None:
    export(named(split_source(tmp_path, "train"), record, *given), tmp_path)
    found = croissant(tmp_path)
    assert (found["name"], found["description"]) == expected


def test_croissant_names_the_licence_that_was_given(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train"), tmp_path, license="CC-BY-4.0")
    assert croissant(tmp_path)["license"] == "CC-BY-4.0"


# --- metadata.json, and what is refused


def test_metadata_says_how_many_images_of_each_class_are_in_each_split(tmp_path: Path) -> None:
    export(split_source(tmp_path, "train", "train", "val"), tmp_path)
    found = json.loads(text(tmp_path, "metadata.json"))
    assert found["classes_by_split"] == {"train": {"rain": 1, "sun": 1}, "val": {"sun": 1}}
    assert found["splits"] == {"train": 2, "val": 1}


def test_sizes_are_those_of_the_frame_that_is_asked_for(tmp_path: Path) -> None:
    found = split_source(tmp_path, "train")
    image: Any = found.records["image"]
    turned = RecordSource(image.select.add_columns(literal(6).label("orientation")), key=image.key)
    found = attrs.evolve(found, records={**found.records, "image": turned})
    sizes = []
    for frame in ("displayed", "stored"):
        export(found, tmp_path, frame=frame)
        sizes += [(row["width"], row["height"]) for row in rows(tmp_path, "metadata.csv")]
    assert sizes == [("10", "5"), ("5", "10")]


def test_two_images_with_one_identifier_are_refused(tmp_path: Path) -> None:
    images = [{"image_id": 1, "path": "a.jpg"}, {"image_id": 1, "path": "b.jpg"}]
    with pytest.raises(exporter.ExporterError, match="ID_DUPLICATE"):
        export(made_source(tmp_path, images, TAGS, [(1, 1)]), tmp_path)
