"""The check at the end of a run: it reads no rows that were sound as they were written, and finds what was changed since."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, column, select, table

import exporter
from exporter import RecordSource, packaging
from exporter.errors import SourceError
from exporter.parts import Part, Receipt
from exporter.tables import Table
from exporter_dwca import checks
from exporter_dwca.format import DarwinCoreArchive
from exporter_dwca.watch import watched

from .traps import source

DATA = {"event.txt", "occurrence.txt", "multimedia.txt", "extendedmeasurementorfact.txt"}


class InFolder(DarwinCoreArchive):
    packaging = "folder"


class Meddler:
    """A host that does something to the artifact between packaging and check."""

    def __init__(self, meddle: Callable[[Path], None]) -> None:
        self.meddle = meddle

    def exporter_package(self, ctx: Any, parts: Any) -> Path:
        path = packaging.package(ctx, parts, ctx.format.packaging)
        self.meddle(path)
        return path


class Listener:
    """Hears what the checks are given."""

    receipts: Mapping[str, Receipt]

    def exporter_check(self, receipts: Mapping[str, Receipt]) -> None:
        self.receipts = receipts


def failing(tmp_path: Path, given: exporter.Source, **words: Any) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """The errors of a run, which publishes nothing, by code and file."""
    with pytest.raises(exporter.ExporterError) as caught:
        exporter.run(**{"format": "dwca", "source": given, "output": tmp_path / "out.zip", **words})
    assert not (tmp_path / "out.zip").exists()
    return {(f.code, f.part): (f.count, f.examples) for f in caught.value.report.errors()}  # type: ignore[attr-defined]


def rewritten(name: str, change: Callable[[bytes], bytes] | None) -> Callable[[Path], None]:
    """What replaces one file of a zip, or leaves it out."""

    def meddle(path: Path) -> None:
        with zipfile.ZipFile(path) as old:
            files = {n: old.read(n) for n in old.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for each, content in files.items():
                if each != name:
                    new.writestr(each, content)
                elif change is not None:
                    new.writestr(each, change(content))

    return meddle


def another(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("occurrence.txt", archive.read("occurrence.txt"))


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_rows_that_were_sound_are_not_read_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, core: str
) -> None:
    looked: list[object] = []
    monkeypatch.setattr(checks, "check_rows", lambda *given: looked.append(given) or ())
    heard = Listener()
    exporter.run(format="dwca", source=source(engine), output=tmp_path / "out.zip", options={"core": core}, plugins=[heard])
    assert {n for n, r in heard.receipts.items() if r.sound} == DATA - ({"event.txt"} if core == "occurrence" else set())
    assert not looked
    exporter.check(tmp_path / "out.zip")
    assert looked


@pytest.mark.parametrize(
    ("name", "meddle"),
    [
        ("occurrence.txt", rewritten("occurrence.txt", lambda content: content.replace(b"find-1", b"find-9"))),
        ("occurrence.txt", rewritten("occurrence.txt", lambda content: content + b"one more\n")),
        ("eml.xml", rewritten("eml.xml", lambda content: content.replace(b"Moths", b"Bats"))),
        ("multimedia.txt", rewritten("multimedia.txt", None)),
        ("occurrence.txt", another),
    ],
)
def test_what_was_changed_after_writing_is_found(
    sqlite: Engine, tmp_path: Path, name: str, meddle: Callable[[Path], None]
) -> None:
    found = failing(tmp_path, source(sqlite), plugins=[Meddler(meddle)])
    assert found["DWCA_FILE_CHANGED", name] == (1, [name])


def test_what_was_changed_in_a_folder_is_found(sqlite: Engine, tmp_path: Path) -> None:
    def longer(path: Path) -> None:
        with (path / "occurrence.txt").open("ab") as file:
            file.write(b"one more\n")

    exporter.run(format=InFolder(), source=source(sqlite), output=tmp_path / "whole")
    assert exporter.check(tmp_path / "whole", "dwca") == []
    found = failing(tmp_path, source(sqlite), format=InFolder(), plugins=[Meddler(longer)])
    assert found == {("DWCA_FILE_CHANGED", "occurrence.txt"): (1, ["occurrence.txt"])}


def test_a_template_that_describes_the_files_otherwise(sqlite: Engine, tmp_path: Path) -> None:
    shipped = Path(checks.__file__).with_name("templates") / "meta.xml.j2"
    more = '{% endfor %}<field index="99" term="http://example.org/more"/>\n</{{ tag }}>'
    text = shipped.read_text(encoding="utf-8")
    assert "{% endfor %}\n</{{ tag }}>" in text
    (tmp_path / "meta.xml.j2").write_text(text.replace("{% endfor %}\n</{{ tag }}>", more), encoding="utf-8")
    found = failing(tmp_path, source(sqlite), options={"templates": tmp_path})
    assert found["COLUMN_MISMATCH", "event.txt"] == (4, [f"event.txt:{n}" for n in (2, 3, 4, 5)])


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize(
    ("kind", "night", "catches"), [("text collate nocase", "'n1'", ("'n1'", "'N1'")), ("", "1", ("1", "1.0"))]
)
def test_a_reference_that_only_the_database_finds_equal(
    sqlite: Engine, tmp_path: Path, kind: str, night: str, catches: tuple[str, str], indexed: bool
) -> None:
    with sqlite.begin() as connection:
        connection.exec_driver_sql(f"create table nights (id integer primary key, uid {kind} unique)")
        connection.exec_driver_sql("create table catches (id integer primary key, uid text, night)")
        connection.exec_driver_sql(f"insert into nights values (1, {night})")
        connection.exec_driver_sql(f"insert into catches values (1, 'c1', {catches[0]}), (2, 'c2', {catches[1]})")
        if indexed:  # then each value is looked up once
            connection.exec_driver_sql("create index by_night on catches (night)")
    parent, child = (table(n, *(column(c) for c in ("id", "uid", "night"))) for n in ("nights", "catches"))
    occurrence = select(child.c.uid.label("occurrence_id"), child.c.night.label("event_id"))
    records = {
        "event": RecordSource(select(parent.c.uid.label("event_id")), key=parent.c.id),
        "occurrence": RecordSource(occurrence, key=child.c.id),
    }
    found = failing(tmp_path, source(sqlite, records=records))
    shown = "occurrence.txt:3 " + '"' + catches[1].strip("'") + '"'
    assert found == {("EXTENSION_ROW_ORPHAN", "occurrence.txt"): (1, [shown])}


def nights_and_catches(engine: Engine, key: str) -> dict[str, RecordSource]:
    """Two events of which one is named by two catches, in a collation that takes n1 and N1 for one.

    :param key: the events' column that is their key.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("create table nights (id integer primary key, week integer, uid text collate nocase)")
        connection.exec_driver_sql("create table catches (id integer primary key, uid text, night)")
        connection.exec_driver_sql("insert into nights values (1, 7, 'n1'), (2, 7, 'N1')")
        connection.exec_driver_sql("insert into catches values (1, 'c1', 'n1'), (2, 'c2', 'N1')")
    parent, child = (table(n, *(column(c) for c in ("id", "uid", "week", "night"))) for n in ("nights", "catches"))
    occurrence = select(child.c.uid.label("occurrence_id"), child.c.night.label("event_id"))
    return {
        "event": RecordSource(select(parent.c.uid.label("event_id")), key=parent.c[key]),
        "occurrence": RecordSource(occurrence, key=child.c.id),
    }


def test_events_that_a_collation_takes_for_one_double_no_occurrence(sqlite: Engine, tmp_path: Path) -> None:
    given = source(sqlite, records=nights_and_catches(sqlite, "id"))
    found = failing(tmp_path, given, options={"core": "occurrence"})
    assert {code: count for (code, _), (count, _) in found.items()} == {"ID_DIFFERS_IN_CASE_ONLY": 2}


def test_a_key_that_is_not_unique_is_named(sqlite: Engine, tmp_path: Path) -> None:
    given = source(sqlite, records=nights_and_catches(sqlite, "week"))
    with pytest.raises(SourceError, match="The key of the record 'event' is not unique"):
        exporter.run(format="dwca", source=given, output=tmp_path / "a.zip", options={"core": "occurrence"}, keep_going=True)


def test_a_plugin_that_writes_the_files_itself_is_not_believed(sqlite: Engine, tmp_path: Path) -> None:
    class Rewriting(DarwinCoreArchive):
        def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
            for part in super().exporter_serialize(ctx, tables):
                lines = b"".join(part.chunks)
                wrong = lines.replace(b"\nvisit-2\tfind-1\t", b"\nvisit-7\tfind-1\t")
                yield Part(part.name, [wrong if part.name == "occurrence.txt" else lines])

    found = failing(tmp_path, source(sqlite), format=Rewriting())
    assert found == {("EXTENSION_ROW_ORPHAN", "occurrence.txt"): (1, ['occurrence.txt:2 "visit-7"'])}


# --- the watch itself

HEADER = b"id\tname\n"


def sound(*files: list[bytes]) -> list[bool]:
    """What each of some data files says of itself, the core first."""
    names = [f"{n}.txt" for n in range(len(files))]
    said = []
    tables = [Table(n, "", {}, ()) for n in names]
    for part in watched([Part(n, f) for n, f in zip(names, files, strict=True)], tables):
        assert b"".join(part.chunks) == b"".join(files[len(said)])
        said.append(part.sound())
    return said


@pytest.mark.parametrize("few", [0, 1000])
def test_a_watch(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr("exporter_dwca.identifiers._FEW", few)
    core = [HEADER, b"a\t1\nb\t2\n", b"c\t\n"]
    assert sound(core, [HEADER, b"a\tx\na\ty\n", b"c\tz\n"], [HEADER]) == [True, True, True]
    assert sound([b"".join(core)], [HEADER + b"a\tx\nc\tz\n"]) == [True, True]
    assert sound([HEADER, b"a\t1\n", b"b\t1\na\t2\n"]) == [False]
    assert sound([HEADER, b"a\t1\n\t2\n"]) == [False]
    assert sound([HEADER, b"\t1\na\t2\n"]) == [False]
    assert sound(core, [HEADER, b"a\tx\n", b"d\ty\n"]) == [True, False]
    assert sound(core, [HEADER, b"id\tx\n"]) == [True, False]
    assert sound(core, [HEADER, b"a\tx\nA\ty\n"]) == [True, False]
    assert sound(core, [HEADER, b"a\tx"]) == [True, False]
    assert sound([HEADER], [HEADER, b"a\tx\n"]) == [True, False]


def test_parts_that_are_no_data_files_pass() -> None:
    part = Part("eml.xml", [b"<eml/>"])
    assert list(watched([part], [Table("event.txt", "", {}, ())])) == [part]
    assert not part.sound()
