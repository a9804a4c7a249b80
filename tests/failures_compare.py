"""Archives that others are compared with, and lists of changes."""

from __future__ import annotations

import zipfile
from pathlib import Path

from .failures_kit import Desk, Outcome, provokes


def _previous(desk: Desk, **files: bytes | None) -> None:
    """An archive that was made before, with other files; without those that are None."""
    with zipfile.ZipFile(_whole(desk)) as old, zipfile.ZipFile(desk.folder / "previous.zip", "w") as new:
        for name in old.namelist():
            content = files.get(name.split(".")[0], old.read(name))
            if content is not None:
                new.writestr(name, content)


def _whole(desk: Desk) -> Path:
    """An archive beside the output."""
    whole = desk.folder / "whole.zip"
    if not whole.exists():
        desk.traps()
        desk.exporter("run", "--format", "dwca", "--output", "whole.zip")
    return whole


def _both(desk: Desk, previous: str = "previous.zip", *words: str) -> list[Outcome]:
    """A run and a check that compare."""
    _whole(desk)
    run = desk.run("--compare", previous, *words)
    return [run, desk.exporter("check", "whole.zip", "--compare", previous, "--json", *words)]


@provokes("compare-nothing")
def _(desk: Desk) -> list[Outcome]:
    return _both(desk, "nothing.zip")


@provokes("compare-unreadable")
def _(desk: Desk) -> list[Outcome]:
    _previous(desk)
    previous = desk.folder / "previous.zip"
    previous.write_bytes(previous.read_bytes()[:-40])
    found = _both(desk)
    previous.write_text("no zip")
    return found + _both(desk)


@provokes("compare-damaged")
def _(desk: Desk) -> list[Outcome]:
    _previous(desk)
    previous = desk.folder / "previous.zip"
    previous.write_bytes(previous.read_bytes().replace(b"Biston", b"Bisten"))
    return _both(desk)


@provokes("compare-no-archive")
def _(desk: Desk) -> list[Outcome]:
    _previous(desk, meta=None)
    return _both(desk)


@provokes("compare-incomplete")
def _(desk: Desk) -> list[Outcome]:
    _previous(desk, occurrence=None)
    return _both(desk)


META = b"""<archive xmlns="http://rs.tdwg.org/dwc/text/"><core rowType="http://rs.tdwg.org/dwc/terms/%s"><files>
<location>occurrence.txt</location></files><id index="0"/>%s</core></archive>"""


@provokes("compare-checklist")
def _(desk: Desk) -> list[Outcome]:
    _previous(desk, meta=META % (b"Taxon", b""))
    return _both(desk)


@provokes("compare-no-identifiers")
def _(desk: Desk) -> list[Outcome]:
    field = b'<field index="1" term="http://rs.tdwg.org/dwc/terms/occurrenceID"/>'
    _previous(desk, meta=META % (b"Occurrence", field), occurrence=b"1,\n2,\n")
    found = _both(desk)
    _previous(desk, meta=(META % (b"Occurrence", b"")).replace(b'<id index="0"/>', b""))
    return found + _both(desk)


@provokes("compare-itself")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.run()
    return desk.exporter("check", "out.zip", "--compare", "out.zip")


@provokes("compare-output")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.run()
    desk.sql("update finds set number = 9")
    found = desk.run("--compare", "out.zip", "--force")
    assert [f["count"] for f in found.report["findings"] if f["code"] == "ID_CHANGED"] == [4]
    return found


@provokes("compare-fails")
def _(desk: Desk) -> Outcome:
    _previous(desk)
    desk.sql("delete from finds where uid = 'f3'")
    return desk.run("--compare", "previous.zip", "--fail-on", "gone")


def _occurrences(desk: Desk, old: bytes, new: bytes) -> Outcome:
    """A run that is compared with an archive whose occurrences somebody has mended."""
    with zipfile.ZipFile(_whole(desk)) as files:
        content = files.read("occurrence.txt")
    assert old in content
    _previous(desk, occurrence=content.replace(old, new))
    return desk.run("--compare", "previous.zip")


@provokes("compare-repeated")
def _(desk: Desk) -> Outcome:
    return _occurrences(desk, b"\tf2\t", b"\tf1\t")


@provokes("compare-blank")
def _(desk: Desk) -> Outcome:
    return _occurrences(desk, b"\tf2\t", b"\t\t")


@provokes("compare-broken-new")
def _(desk: Desk) -> Outcome:
    _previous(desk, meta=META % (b"Taxon", b""))
    return desk.exporter("check", "previous.zip", "--compare", "whole.zip", "--json")


@provokes("compare-missing")
def _(desk: Desk) -> list[Outcome]:
    _whole(desk)
    found = [desk.run("--fail-on", "gone"), desk.run("--changes", "list.csv")]
    return [*found, desk.exporter("check", "whole.zip", "--fail-on", "gone")]


@provokes("compare-unchecked")
def _(desk: Desk) -> Outcome:
    _previous(desk)
    return desk.run("--compare", "previous.zip", "--no-check")


@provokes("compare-in-preview")
def _(desk: Desk) -> Outcome:
    _previous(desk)
    return desk.exporter("preview", "--format", "dwca", "--compare", "previous.zip")


@provokes("changes-place")
def _(desk: Desk) -> list[Outcome]:
    _previous(desk)
    (desk.folder / "notes.txt").write_text("mine")
    places = ("notes.txt", ".", "previous.zip", "out.zip", "out.zip.report.json", "nowhere/list.csv")
    found = [desk.run("--compare", "previous.zip", "--changes", place) for place in places]
    assert (desk.folder / "notes.txt").read_text() == "mine"
    return found
