"""Load a Camera Trap Data Package into a database: python load.py FOLDER URL"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Boolean, Column, Double, Integer, MetaData, Table, Text, create_engine

NUMBERS = [
    "latitude",
    "longitude",
    "cameraHeight",
    "cameraTilt",
    "cameraHeading",
    "detectionDistance",
    "classificationProbability",
]
COUNTS = ["coordinateUncertainty", "count"]
YES_OR_NO = ["filePublic", "baitUse", "timestampIssues", "favorite"]
KEYS = {"deployments": "deploymentID", "media": "mediaID", "observations": "observationID", "taxa": "scientificName"}
LINKS = ["deploymentID", "mediaID", "eventID"]


def read(folder: Path, name: str) -> Iterator[dict[str, object]]:
    """The rows of a table; an empty cell is NULL."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {column: value(column, text) for column, text in row.items()}


def value(column: str, text: str) -> object:
    if not text:
        return None
    if column in NUMBERS:
        return float(text)
    if column in COUNTS:
        return int(text)
    return text == "true" if column in YES_OR_NO else text


def taxa(folder: Path) -> Iterator[dict[str, object]]:
    """The taxa that datapackage.json lists, with their English names."""
    for taxon in json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["taxonomic"]:
        names = taxon.pop("vernacularNames", {})
        yield {**taxon, "vernacularName": names.get("eng")}


def column(table: str, name: str) -> Column:
    kind = Double if name in NUMBERS else Integer if name in COUNTS else Boolean if name in YES_OR_NO else Text
    key = KEYS[table] == name
    return Column(name.lower(), kind, unique=key, nullable=not key, index=name in LINKS and not key)


folder, engine = Path(sys.argv[1]), create_engine(sys.argv[2])
with engine.begin() as connection:
    for name in KEYS:
        rows = list(taxa(folder) if name == "taxa" else read(folder, name))
        table = Table(name, MetaData(), Column("id", Integer, primary_key=True), *(column(name, c) for c in rows[0]))
        table.drop(connection, checkfirst=True)
        table.create(connection)
        connection.execute(table.insert(), [{c.lower(): v for c, v in row.items()} for row in rows])
        print(f"{name:<14}{len(rows):>4}")
