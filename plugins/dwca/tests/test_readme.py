"""The exporter.toml of the README is one that works."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import exporter
from exporter.config import read_config

from .traps import orphans, read

README = Path(__file__).parents[1] / "README.md"
TABLES = """
create table taxa (id integer primary key, parent_id, name, rank);
create table nights (id integer primary key, uid, began, ended, latitude real, longitude real, hours real);
create table finds (id integer primary key, uid, night_id, taxon_id, number);
create table pictures (id integer primary key, night_id, find_id, capture_id, url, width, height, x, y, w, h);
create table determinations (id integer primary key, find_id, taxon_id, person, made_at, withdrawn);
create table links (id integer primary key, find_id, other_id, kind);
create table targets (id integer primary key, night_id, taxon_id);
insert into taxa values (1, null, 'Noctuidae', 'family'), (2, 1, 'Noctua pronuba', 'species'), (3, null, 'Sphingidae', 'family');
insert into nights values (1, 'n1', '2024-06-01 21:00:00', '2024-06-02 05:00:00', 9.1, -79.7, 8.0);
insert into finds values (1, 'f1', 1, 2, 1), (2, 'f2', 1, 1, 2);
insert into pictures values (1, 1, null, null, 'https://example.org/1.jpg', 400, 200, null, null, null, null),
    (2, 1, 1, 1, 'https://example.org/2.jpg', 40, 50, 100, 50, 40, 50);
insert into determinations values (1, 1, 1, 'moth model 3', '2024-06-02 09:00:00', 0),
    (2, 1, 2, 'Ana Reyes', '2024-06-03 09:00:00', 0);
insert into links values (1, 1, 2, 'photographed beside');
insert into targets values (1, 1, 1), (2, 1, 3);
"""


def test_the_whole_exporter_toml(tmp_path: Path) -> None:
    (found,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "exporter.toml").write_text(found, encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "traps.db")) as connection:
        connection.executescript(TABLES)
    source = read_config(tmp_path / "exporter.toml")["traps"]()
    options = {"extensions": ["humboldt", "audiovisual", "identification", "relationship"], "absences": True}
    result = exporter.run(format="dwca", source=source, output=tmp_path / "out.zip", options=options)
    assert exporter.check(tmp_path / "out.zip") == []
    assert {f.level for f in result.report.findings} == {"info"}
    files = read(tmp_path / "out.zip")
    assert not orphans(files, "event.txt")
    assert {name: len(rows) for name, rows in files.items()} == {
        "event.txt": 1, "occurrence.txt": 3, "multimedia.txt": 2, "extendedmeasurementorfact.txt": 1, "humboldt.txt": 1,
        "audiovisual.txt": 2, "identification.txt": 2, "resourcerelationship.txt": 1,
    }  # fmt: skip
    region = files["audiovisual.txt"][1]
    assert (region["isROIOf"], region["xFrac"], region["heightFrac"]) == ("https://example.org/1.jpg", "0.25", "0.25")
    assert region["captureDevice"] == "UV LED screen with 12 MP camera"
    assert [r["scientificName"] for r in files["occurrence.txt"]] == ["Noctua pronuba", "Noctuidae", "Sphingidae"]
