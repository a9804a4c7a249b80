"""The project that a run is limited to: by id or name, an unknown one refused, and a word where no image is left of it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select

import exporter
from exporter import InputError, RecordSource, Source
from exporter.pipeline import Result

from .annotators import DATABASES
from .typed import TYPES, typed


def files(source: Source, folder: Path, **more: Any) -> list[str]:
    """The images of an export."""
    output = folder / "out.zip"
    exporter.run(format="coco", source=source, output=output, force=True, **more)
    with zipfile.ZipFile(output) as archive:
        return [image["file_name"] for image in json.loads(archive.read("annotations.json"))["images"]]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("server", DATABASES)
def test_a_name_is_taken_for_the_id_of_its_project(kind: str, server: str, tmp_path: Path) -> None:
    """The photos' projects are the classes of the platform here: car and tree."""
    with typed(kind, server, tmp_path) as platform:
        c = platform.photos.metadata.tables["classes"].c
        record = RecordSource(select(c.id.label("project_id"), c.name), key=c.id)
        source = attrs.evolve(platform.source, records={**platform.source.records, "project": record})
        assert files(source, tmp_path, project="tree") == ["2.jpg"]
        with pytest.raises(InputError, match="no project 'bus'") as refused:
            files(source, tmp_path, project="bus")
        named = [word.rpartition(" ") for word in refused.value.hint.removeprefix("There are: ").rstrip(".").split(", ")]
        assert [name for _, _, name in named] == ["(car)", "(tree)"]
        for (uid, _, _), name in zip(named, ["1.jpg", "2.jpg"], strict=True):
            assert files(source, tmp_path, project=uid) == [name]


META = MetaData()
PROJECTS = Table("projects", META, Column("id", Integer, primary_key=True), Column("uid", String), Column("name", String))
LABELS = Table("labels", META, Column("id", Integer, primary_key=True), Column("name", String))
PHOTOS = Table(
    "photos", META, Column("id", Integer, primary_key=True), Column("path", String), Column("project_id", Integer)
)


def harbours(folder: Path, names: list[str], *, described: bool = True, apart: bool = False) -> Source:
    """Projects with a photo each, and labels that belong to none.

    :param described: whether the source has the record `project`; :param apart: whether that has an identifier of its own, beside
        what the photos name it by.
    """
    engine = create_engine(f"sqlite:///{folder / 'harbours.db'}")
    with engine.begin() as connection:
        META.create_all(connection)
        connection.execute(insert(LABELS).values(id=1, name="boat"))
        for number, name in enumerate(names, 1):
            connection.execute(insert(PROJECTS).values(id=number, uid=f"p-{number}", name=name))
            connection.execute(insert(PHOTOS).values(id=number, path=f"{number}.jpg", project_id=number))
    records = {
        "label": RecordSource(select(LABELS.c.id.label("label_id"), LABELS.c.name.label("class_name")), key=LABELS.c.id),
        "image": RecordSource(
            select(PHOTOS.c.id.label("image_id"), PHOTOS.c.path), key=PHOTOS.c.id, project=PHOTOS.c.project_id
        ),
    }
    if described:
        uid, own = (PROJECTS.c.uid, PROJECTS.c.id) if apart else (PROJECTS.c.id, None)
        query = select(uid.label("project_id"), PROJECTS.c.name)
        records["project"] = RecordSource(query, key=PROJECTS.c.id, project=own)
    return Source(name="harbours", family="vision", engine=engine, records=records)


@pytest.mark.parametrize("given", ["2", "p-2", "Lake"])
def test_a_project_has_an_identifier_a_number_and_a_name(given: str, tmp_path: Path) -> None:
    source = harbours(tmp_path, ["Harbour", "Lake"], apart=True)
    assert files(source, tmp_path, project=given) == ["2.jpg"]
    assert exporter.preview(format="coco", source=source, project=given).report.project == "2"


def test_a_name_that_several_projects_have_is_refused(tmp_path: Path) -> None:
    source = harbours(tmp_path, ["Harbour", "Lake", "Harbour"])
    with pytest.raises(InputError, match="2 projects 'Harbour'") as refused:
        files(source, tmp_path, project="Harbour")
    assert refused.value.hint == "There are: 1 (Harbour), 2 (Lake), 3 (Harbour)."


def test_of_many_projects_the_first_ten_are_named(tmp_path: Path) -> None:
    source = harbours(tmp_path, [f"Pier {n}" for n in range(12)])
    with pytest.raises(InputError) as refused:
        files(source, tmp_path, project="13")
    assert refused.value.hint.endswith("10 (Pier 9), ...")


def warned(result: Result) -> list[str]:
    return [finding.message for finding in result.report.findings if finding.code == "NO_ROWS"]


def test_where_no_image_is_left_a_run_says_so(tmp_path: Path) -> None:
    """Labels are left, which belong to no project."""
    source = harbours(tmp_path, ["Harbour"], described=False)
    left = "Not a single row of image is left (project 7); are project and filters right?"
    assert warned(exporter.preview(format="coco", source=source, project=7)) == [left]
    assert not warned(exporter.preview(format="coco", source=source, project=1))
    assert not warned(exporter.preview(format="csv", source=source, project=7, options={"record": "label"}))
