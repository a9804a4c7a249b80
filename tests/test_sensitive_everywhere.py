"""With every extension and with absences, no file of an archive tells an exact place of a sensitive taxon."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

import exporter

EXTENSIONS = ("humboldt", "audiovisual", "identification", "relationship")


def rows(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        text = io.TextIOWrapper(archive.open(name), "utf-8", newline="\n")
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def everything(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    return "\n".join([*texts, Path(f"{path}.report.json").read_text(encoding="utf-8")])


@pytest.mark.parametrize("core", ["event", "occurrence"])
@pytest.mark.parametrize("precision", ["0", "withhold"])
def test_no_file_tells_the_place(tmp_path: Path, core: str, precision: str) -> None:
    extensions = [e for e in EXTENSIONS if core == "event" or e != "humboldt"]
    options = {"core": core, "extensions": extensions, "absences": True}
    shown, hidden = tmp_path / "shown.zip", tmp_path / "hidden.zip"
    source = "sample:insects?occurrences=400"
    exporter.run(format="dwca", source=source, output=shown, options=options)
    orders = {row["order"] for row in rows(shown, "occurrence.txt")} - {""}
    listed = tmp_path / "sensitive.csv"
    listed.write_text("\n".join(["taxon,precision", *(f"{o},{precision}" for o in sorted(orders))]), encoding="utf-8")
    exporter.run(format="dwca", source=source, output=hidden, options={**options, "generalize": listed})
    places = rows(shown, f"{core}.txt")
    secrets = {row[t] for row in places for t in ("decimalLatitude", "decimalLongitude", "locality", "locationID")} - {""}
    secrets |= {row["identifier"] for row in rows(shown, "multimedia.txt")}
    assert len(secrets) > 100
    assert all(secret in everything(shown) for secret in secrets)
    text = everything(hidden)
    assert [secret for secret in secrets if secret in text] == []
    assert [f for f in exporter.check(hidden, "dwca") if f.level != "info"] == []
    absent = [row for row in rows(hidden, "occurrence.txt") if row["occurrenceStatus"] == "absent"]
    assert absent
    if core == "occurrence":
        assert {row["informationWithheld"] != "" for row in absent} == {True}
