"""The examples of docs/mapping.md in Python do what the page says."""

from __future__ import annotations

import csv
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

import exporter

from .tutorial import excerpts

PAGE = Path(__file__).resolve().parent.parent / "docs/mapping.md"
JPEG = b"\xff\xd8\xff\xe0 not looked into \xff\xd9"
SQUARE = "[[1, 1], [9, 1], [9, 9], [1, 9]]"


def fill(folder: Path, words: dict[str, Any]) -> None:
    """Three photos, the last of no split, and the second without a file; a boat and a buoy on each."""
    from sqlalchemy.orm import Session

    engine = create_engine(f"sqlite:///{folder / 'photos.db'}")
    words["Base"].metadata.create_all(engine)
    (folder / "photos").mkdir()
    with Session(engine) as session:
        session.add_all([words["Kind"](id=1, name="boat"), words["Kind"](id=2, name="buoy")])
        for number, part in enumerate(["train", "val", None], 1):
            photo = words["Photo"](id=uuid.uuid4(), file=f"{number}.jpg", width=20, height=10, part=part)
            session.add(photo)
            for kind in (1, 2):
                session.add(words["Shape"](id=uuid.uuid4(), photo_id=photo.id, kind_id=kind, outline=SQUARE))
            if number != 2:
                (folder / "photos" / photo.file).write_bytes(JPEG)
        session.commit()


def test_annotated_images_from_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    models, run, preview, *_ = excerpts(PAGE.read_text(encoding="utf-8"), "python")
    words: dict[str, Any] = {"__name__": "models"}
    exec(compile(models, "models", "exec", dont_inherit=True), words)
    fill(tmp_path, words)
    exec(compile(run, "run", "exec", dont_inherit=True), words)
    first, *told = capsys.readouterr().out.splitlines()
    assert first == f"boats.zip {(tmp_path / 'boats.zip').stat().st_size}"
    assert {"image 3 1 1 1", "label 2 0 0 2", "annotation 6 4 1 1"} <= set(told)
    (unreadable,) = [line for line in told if "IMAGE_UNREADABLE" in line]
    assert "photos/2.jpg" in unreadable
    with zipfile.ZipFile("boats.zip") as archive:
        document = json.loads(archive.read("annotations/instances_train.json"))
    assert [image["file_name"] for image in document["images"]] == ["1.jpg"]
    exec(compile(preview, "preview", "exec", dont_inherit=True), words)
    shown = capsys.readouterr().out
    assert "{'boat': 3, 'buoy': 3}" in shown
    assert "'train': 1" in shown
    assert "IMAGE_UNREADABLE" in shown


def jobs(words: dict[str, Any]) -> None:
    """Two jobs; of the first, conditions whose position is not the order of their keys, and four measurements."""
    from sqlalchemy.orm import Session

    words["Base"].metadata.create_all(words["engine"])
    job, sheet, item, shape = (words[name] for name in ("Job", "Sheet", "Item", "Shape"))

    def measured(number: int, item: int, quantity: float, status: str, deleted: str | None = None) -> Any:
        point = json.dumps({"x": number, "y": 5})
        return shape(
            id=number,
            item_id=item,
            sheet_id=1,
            kind="point",
            outline=point,
            quantity=quantity,
            status=status,
            deleted_at=deleted,
        )

    with Session(words["engine"]) as session:
        session.add_all([job(id=1, title="Mill"), job(id=2, title="Barn"), sheet(id=1, job_id=1, number="A-101")])
        session.add(item(id=1, job_id=1, name="Slab", uom="SY", trade="concrete", position=2))
        session.add(item(id=2, job_id=1, name="Footing", uom="EA", trade="concrete", position=1))
        session.add(item(id=3, job_id=1, name="Doors", uom="EA", trade="joinery", position=3))
        session.add(item(id=4, job_id=2, name="Gate", uom="EA", trade="concrete", position=4))
        session.add_all(
            [measured(1, 1, 12.5, "approved"), measured(2, 1, 4.0, "in_review"), measured(3, 3, 2.0, "approved")]
        )
        session.add_all([measured(4, 2, 3.0, "approved"), measured(5, 2, 9.0, "approved", "2024-05-01")])
        session.commit()


def test_a_takeoff_from_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("exporter_excel_pdf")
    monkeypatch.chdir(tmp_path)
    *_, models, run = excerpts(PAGE.read_text(encoding="utf-8"), "python")
    words: dict[str, Any] = {"__name__": "models"}
    exec(compile(models, "models", "exec", dont_inherit=True), words)
    jobs(words)
    exec(compile(run, "run", "exec", dont_inherit=True), words)
    assert zipfile.is_zipfile("mill.xlsx")
    told = capsys.readouterr().out.splitlines()
    assert told == ["project 1 0 0 1", "page 1 0 0 1", "condition 3 1 0 2", "measurement 4 1 1 2"]
    given = {"options": {"layout": "conditions"}, "project": "Mill", "filters": {"verified": True}}
    exporter.run(format="csv", source=words["source"], output="mill.csv", **given)
    with Path("mill.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["Condition"], row["Quantity"], row["Unit"]) for row in csv.DictReader(file)]
    assert found == [("Footing", "3.0", "EA"), ("Slab", "12.5", "SY"), ("Doors", "2.0", "EA")]
