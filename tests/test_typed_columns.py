"""Columns of any type that SQLAlchemy knows: they are compared with texts as the database has them, on each database."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import literal_column, select

import exporter
from exporter import InputError, RecordSource, Source

from .annotators import DATABASES
from .typed import FIRST, TYPES, Place, Typed, typed


@pytest.fixture(scope="module", params=[(kind, server) for kind in TYPES for server in DATABASES], ids=" on ".join)
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Typed]:
    kind, server = request.param
    with typed(kind, server, tmp_path_factory.mktemp("typed")) as made:
        yield made


def exported(format: str, source: Source, folder: Path, **more: Any) -> dict[str, str]:
    """The files of an export."""
    output = folder / f"{format}.zip"
    exporter.run(format=format, source=source, output=output, force=True, **more)
    with zipfile.ZipFile(output) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def manifest(source: Source, folder: Path, **more: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported("csv-manifest", source, folder, **more)["manifest.csv"])))


def identifiers(source: Source, folder: Path, record: str = "image") -> list[str]:
    """The identifiers of a record, as an export writes them."""
    output = folder / "rows.csv"
    exporter.run(format="csv", source=source, output=output, options={"record": record}, force=True)
    return [row[f"{record}_id"] for row in csv.DictReader(io.StringIO(output.read_text()))]


def test_every_format_takes_identifiers_of_any_type(platform: Typed, tmp_path: Path) -> None:
    document = json.loads(exported("coco", platform.source, tmp_path)["annotations.json"])
    assert sorted(image["file_name"] for image in document["images"]) == ["1.jpg", "2.jpg"]
    assert len(document["annotations"]) == 2
    split = {"options": {"split_by": "hash:1,0,0"}}
    labels = [text for name, text in exported("yolo", sized(platform), tmp_path, **split).items() if "labels/" in name]
    assert sorted(text[:1] for text in labels) == ["0", "1"]
    assert [row["class_name"] for row in manifest(platform.source, tmp_path, **split)] == ["car", "tree"]


@pytest.mark.parametrize("place", [0, 1])
def test_filters_take_the_identifiers_that_an_export_shows(platform: Typed, place: int, tmp_path: Path) -> None:
    uid, name = identifiers(platform.source, tmp_path)[place], f"{place + 1}.jpg"
    by_image = json.loads(exported("coco", platform.source, tmp_path, filters={"image_uids": [uid]})["annotations.json"])
    assert [image["file_name"] for image in by_image["images"]] == [name]
    assert len(by_image["annotations"]) == 1
    label = identifiers(platform.source, tmp_path, "label")[place]
    for options, filters in (({}, {"labels": [label]}), ({"label_filter": [label]}, {})):
        more: Mapping[str, Any] = {"filters": filters, "options": options}
        by_label = json.loads(exported("coco", platform.source, tmp_path, **more)["annotations.json"])
        assert len(by_label["annotations"]) == 1
    tag = identifiers(platform.source, tmp_path, "tag")[place]
    split = {"split_by": "hash:1,0,0"}
    rows = manifest(platform.source, tmp_path, options=split, filters={"tag_ids": [tag], "image_uids": [uid]})
    assert len(rows) == 1


def test_a_project_is_given_as_it_is_shown(platform: Typed, tmp_path: Path) -> None:
    for place, uid in enumerate(identifiers(platform.source, tmp_path)):
        document = json.loads(exported("coco", platform.source, tmp_path, project=uid)["annotations.json"])
        assert [image["file_name"] for image in document["images"]] == [f"{place + 1}.jpg"]


@pytest.mark.parametrize("server", DATABASES)
def test_a_uuid_is_written_with_dashes_and_taken_in_any_spelling(server: str, tmp_path: Path) -> None:
    with typed("uuid", server, tmp_path) as platform:
        assert identifiers(platform.source, tmp_path)[0] == str(FIRST)
        assert manifest(platform.source, tmp_path, options={"split_by": "hash:1,0,0"})
        for spelt in (str(FIRST), FIRST.hex, str(FIRST).upper()):
            filters = {"image_uids": [spelt]}
            document = json.loads(exported("coco", platform.source, tmp_path, filters=filters)["annotations.json"])
            assert [image["file_name"] for image in document["images"]] == ["1.jpg"]
        with pytest.raises(InputError, match="Projects of this source are UUIDs"):
            exported("coco", platform.source, tmp_path, project="harbour")


class Chosen:
    """A host's filter on the value that its own type gives."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def exporter_filter(self, record: str, columns: Any) -> Any:
        return columns["image_id"] == self._value if record == "image" else None


@pytest.mark.parametrize("server", DATABASES)
@pytest.mark.parametrize(("kind", "value"), [("uuid", FIRST), ("enum", Place.NORTH), ("decorated", 1)])
def test_a_host_compares_columns_with_values_of_their_own_type(kind: str, value: Any, server: str, tmp_path: Path) -> None:
    with typed(kind, server, tmp_path) as platform:
        document = json.loads(exported("coco", platform.source, tmp_path, plugins=[Chosen(value)])["annotations.json"])
        assert [image["file_name"] for image in document["images"]] == ["1.jpg"]


def test_identifiers_made_from_uuids_stay_what_they_are(tmp_path: Path) -> None:
    """They are made from the key as the database has it, which on SQLite has no dashes."""
    with typed("uuid", "sqlite", tmp_path) as platform:
        photos = platform.photos.c
        source = Source(
            name="made",
            family="vision",
            engine=platform.engine,
            namespace=uuid.UUID(int=1),
            records={"image": RecordSource(select(photos.path), key=photos.id)},
        )
        assert identifiers(source, tmp_path)[0] == f"urn:uuid:{uuid.uuid5(uuid.UUID(int=1), f'image:{FIRST.hex}')}"


def sized(platform: Typed) -> Source:
    """The same with sizes of images, which YOLO needs."""
    image = platform.source.records["image"]
    assert isinstance(image, RecordSource)
    columns = [literal_column("100").label("width"), literal_column("100").label("height")]
    wide = attrs.evolve(image, select=image.select.add_columns(*columns))
    return attrs.evolve(platform.source, records={**platform.source.records, "image": wide})
