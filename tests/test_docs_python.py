"""The example of docs/mapping.md in Python does what the page says."""

from __future__ import annotations

import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

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
    models, run, preview = excerpts(PAGE.read_text(encoding="utf-8"), "python")
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
