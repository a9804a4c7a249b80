"""The tutorial of annotated pictures: its commands as the page has them, and what they make."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from .tutorial import excerpts, run, steady, steps

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "tutorials" / "annotations"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's commands ran; what they printed is in `printed.json`."""
    work = tmp_path_factory.mktemp("tutorial") / "annotations"
    shutil.copytree(FOLDER, work, ignore=shutil.ignore_patterns("pictures", "*.db", "*.zip", "*.json", "*.png", "street-*"))
    printed = run([step.commands for step in steps(PAGE)], work)
    (work / "printed.json").write_text(json.dumps(printed))
    return work


def document(folder: Path, archive: str, name: str = "annotations.json") -> Any:
    with zipfile.ZipFile(folder / archive) as found:
        return json.loads(found.read(name))


def test_the_commands_print_what_the_page_says(folder: Path) -> None:
    printed = json.loads((folder / "printed.json").read_text())
    assert [steady(text) for text in printed] == [steady(step.printed) for step in steps(PAGE)]


def test_the_excerpts_are_in_the_file() -> None:
    toml = (FOLDER / "exporter.toml").read_text(encoding="utf-8")
    for excerpt in excerpts(PAGE, "toml"):
        assert excerpt in toml


def test_pictures_are_where_the_file_says(folder: Path) -> None:
    with zipfile.ZipFile(folder / "street.zip") as archive:
        names = set(archive.namelist())
        images = json.loads(archive.read("annotations.json"))["images"]
        assert len(images) == 36
        for image in images:
            assert archive.read(f"images/{image['file_name']}") == (folder / "pictures" / image["file_name"]).read_bytes()
            assert f"images/{image['file_name']}" in names


def test_three_versions_are_three_exports(folder: Path) -> None:
    """Counted in the database by hand: newest and not deleted; of the first job; valid at that noon."""
    import sqlite3

    with sqlite3.connect(folder / "street.db") as connection:
        of = "from annotations a join labels l on l.id = a.label_id where l.project_id = 1 and "
        noon = "'2025-06-10T12:00:00Z'"
        wanted = [
            "valid_to is null and deleted_at is null",
            "job_id = 1 and deleted_at is null and not exists "
            "(select 1 from annotations b where b.uid = a.uid and b.job_id = 1 and b.version > a.version)",
            f"valid_from <= {noon} and (valid_to is null or valid_to > {noon}) and (deleted_at is null or deleted_at > {noon})",
        ]
        counts = [connection.execute(f"select count(*) {of} {where}").fetchone()[0] for where in wanted]
    found = [document(folder, archive)["annotations"] for archive in ("street.zip", "job.zip", "june.zip")]
    assert [len(each) for each in found] == counts
    assert len(set(counts)) == 3


def test_yolo_has_every_picture_and_its_labels(folder: Path) -> None:
    made = folder / "street-yolo"
    pictures, labels = (
        sorted(p.relative_to(made / what).with_suffix("") for p in (made / what).rglob(kind))
        for what, kind in (("images", "*.jpg"), ("labels", "*.txt"))
    )
    assert pictures == labels
    assert len(pictures) == 36
    assert (folder / "look.png").stat().st_size > 100_000
