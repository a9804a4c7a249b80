"""Without checks: what rules leave out is left out all the same, names hide e-mail addresses, and nothing passes as proven."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update

import exporter

from .traps import FINDS, orphans, read, source


class Listener:
    """Hears of the stages, and of whether a file was checked."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def exporter_notify(self, event: Any) -> None:
        self.stages.append(event.stage)


def sound(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(FINDS).where(FINDS.c.visit_id.in_((99,)) | FINDS.c.visit_id.is_(None)))


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_sound_data_gives_the_same_bytes(engine: Engine, tmp_path: Path, core: str) -> None:
    sound(engine)
    listener = Listener()
    found = {}
    for checked in (True, False):
        path = tmp_path / f"{checked}.zip"
        found[checked] = exporter.run(
            format="dwca", source=source(engine), output=path, options={"core": core}, checked=checked, plugins=[listener]
        ).report
    files = []
    for checked in (True, False):
        with zipfile.ZipFile(tmp_path / f"{checked}.zip") as archive:
            files.append({n: archive.read(n) for n in archive.namelist() if n != "eml.xml"})
    assert files[0] == files[1]
    assert "occurrence.txt" in files[0]
    assert b"ada@example.org" not in b"".join(files[1].values())
    assert (found[True].checked, found[False].checked) == (True, False)
    assert found[True].records == found[False].records
    assert listener.stages.count("check") == 1
    kept = {f.code for f in found[True].findings if f.action == "kept"}
    assert kept
    assert {f.code for f in found[False].findings if f.action == "kept"} == set()
    left_out = [sorted((f.record, f.count) for f in found[c].findings if f.action == "dropped") for c in (True, False)]
    assert left_out[0] == left_out[1] != []


def test_what_is_left_out_takes_its_pictures_with_it(engine: Engine, tmp_path: Path) -> None:
    sound(engine)
    exporter.run(format="dwca", source=source(engine), output=tmp_path / "a.zip", checked=False)
    files = read(tmp_path / "a.zip")
    assert {r["occurrenceID"] for r in files["multimedia.txt"]} & {"find-5", "find-6"} == set()
    assert orphans(files, "event.txt") == []


def test_nothing_is_looked_for(engine: Engine, tmp_path: Path) -> None:
    """Orphans are written and no error is raised; with checks they are left out."""
    given = source(engine)
    report = exporter.run(format="dwca", source=given, output=tmp_path / "a.zip", checked=False).report
    assert "EVENT_MISSING" not in {f.code for f in report.findings}
    assert ("occurrence.txt", "visit-gone") in orphans(read(tmp_path / "a.zip"), "event.txt")
    assert "EXTENSION_ROW_ORPHAN" in {f.code for f in exporter.check(tmp_path / "a.zip")}
    report = exporter.run(format="dwca", source=given, output=tmp_path / "b.zip").report
    assert "EVENT_MISSING" in {f.code for f in report.findings}


def test_rows_that_lend_are_not_taken_for_single(sqlite: Engine, tmp_path: Path) -> None:
    """Two events of one identifier must not double the occurrences that they lend their terms to."""
    import sqlalchemy as sa

    from .traps import VISITS

    twice = source(sqlite)
    above = VISITS.alias("above")
    one_name = sa.case((VISITS.c.id == 3, "visit-2"), else_=VISITS.c.uid)
    event = exporter.RecordSource(
        sa.select(
            one_name.label("event_id"), above.c.uid.label("parent_event_id"), VISITS.c.site.label("locality")
        ).select_from(VISITS.outerjoin(above, above.c.id == VISITS.c.parent_id)),
        key=VISITS.c.id,
        project=VISITS.c.project_id,
    )
    twice.records["event"] = event  # type: ignore[index]
    with sqlite.begin() as connection:
        connection.execute(update(FINDS).values(visit_id=2))
    report = exporter.run(
        format="dwca", source=twice, output=tmp_path / "a.zip", options={"core": "occurrence"}, checked=False
    ).report
    ids = [row["id"] for row in read(tmp_path / "a.zip")["occurrence.txt"]]
    assert len(ids) == len(set(ids)) == report.records["occurrence"].written
