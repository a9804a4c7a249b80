"""The rows that formats are tried on, and what reading hostile ones takes."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import create_engine, text

import exporter
from exporter.database import fetch
from exporter.errors import PluginError
from exporter.format import Format, NoOptions
from exporter.records import FAMILIES, family
from exporter.testing import sample_source
from exporter.testing.hostile import TEXTS, hostile_value


def rows_of(folder: Path, name: str, **words: Any) -> dict[str, list[tuple[Any, ...]]]:
    source = sample_source(name, **words)
    file = folder / "sample.db"
    file.unlink(missing_ok=True)
    assert source.spool is not None
    source.spool(file)
    connection = sqlite3.connect(file)
    connection.text_factory = bytes
    try:
        return {
            record: connection.execute(f"select * from sample_{record} order by _key").fetchall()
            for record in source.records
        }
    finally:
        connection.close()


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("hostile", [False, True])
def test_every_row_that_is_named_is_there(name: str, hostile: bool, tmp_path: Path) -> None:
    rows = rows_of(tmp_path, name, rows=30, hostile=hostile)
    assert rows == rows_of(tmp_path, name, rows=30, hostile=hostile)
    columns = {r: ["_key", *s.fields] for r, s in family(name).records.items()}
    for relation in family(name).relations:
        known = {row[columns[relation.parent].index(relation.parent_field)] for row in rows[relation.parent]}
        named = {row[columns[relation.child].index(relation.field)] for row in rows[relation.child]} - {None}
        assert named
        assert named <= known
        assert known - named, "every parent has children"


def test_every_image_has_a_file_that_opens() -> None:
    source = sample_source("vision")
    found = [
        Image.open(source.open_media(path)) for path in ("images/1.jpg", "images/2.jpg", TEXTS[7].decode("utf-8", "replace"))
    ]
    for image in found:
        image.load()
    assert {image.size for image in found} == {(64, 48)}
    assert source.open_media("a").read() != source.open_media("b").read()


def test_every_hostile_text_is_in_every_text_field() -> None:
    assert {hostile_value(str, n + 7) for n in range(len(TEXTS))} == set(TEXTS)


def test_bytes_that_are_no_text_are_shown_with_marks_and_the_connection_stays_as_it_was() -> None:
    with create_engine("sqlite://").connect() as connection:
        driver: Any = connection.connection.driver_connection
        before = driver.text_factory
        assert [tuple(r) for r in fetch(connection, text("select cast(x'61ff62' as text), 1"))] == [("a\ufffdb", 1)]  # type: ignore[arg-type]
        assert driver.text_factory is before


class Fails(Format[NoOptions]):
    name = "fails"
    title = "Stops in the middle of a table"
    extension = "txt"
    packaging = "file"

    def exporter_query(self, ctx: Any, records: Any) -> Any:
        return [exporter.table("event", records["event"], exporter.provided(records["event"]))]

    def exporter_serialize(self, ctx: Any, tables: Any) -> Iterator[exporter.Part]:
        rows = ctx.texts(tables[0])
        next(rows)
        raise ValueError("enough")


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_stream_that_is_left_open_is_closed_before_its_connection(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="enough") as caught:
        exporter.run(format=Fails(), source=sample_source("biodiversity", rows=6000), output=tmp_path / "out")
    del caught
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_pytest_is_needed_for_the_test_class_only() -> None:
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from exporter.testing import sample_source; sample_source('biodiversity')\n"
        "from exporter.testing import FormatConformance"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "ImportError: FormatConformance needs pytest: pip install 'exporter-core[test]'"
