"""Drafts of `exporter map --family vision`, and the rows that they write."""

from __future__ import annotations

import csv
import re
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import attrs

import exporter
from exporter.config import read_config
from exporter.mapping import draft

Rows = list[dict[str, str]]


@attrs.frozen
class Drafted:
    """A draft, and the rows that exports with it write."""

    text: str
    folder: Path

    @property
    def records(self) -> dict[str, Any]:
        found: dict[str, Any] = tomllib.loads(self.text)["sources"]["host"]["records"]
        return found

    def columns(self, record: str) -> dict[str, str]:
        found: dict[str, str] = self.records[record]["columns"]
        return found

    def rows(self, record: str, **filters: Any) -> Rows:
        source = read_config(self.folder / "exporter.toml")["host"]()
        output = self.folder / "rows.csv"
        exporter.run(format="csv", source=source, output=output, options={"record": record}, filters=filters, force=True)
        with output.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def reasons(self) -> dict[str, str]:
        """Why columns are in no field."""
        return dict(re.findall(r"^#   ([^:\n]+): (.*)$", self.text, re.MULTILINE))


def drafted(url: str, folder: Path) -> Drafted:
    text = draft(url, "vision", name="host").text
    (folder / "exporter.toml").write_text(text, encoding="utf-8")
    return Drafted(text, folder)


def host(folder: Path, script: str) -> Drafted:
    """What is drafted of a new SQLite database."""
    with sqlite3.connect(folder / "host.db") as connection:
        connection.executescript(script)
    connection.close()
    return drafted(f"sqlite:///{folder / 'host.db'}", folder)


def only(rows: Rows, *fields: str) -> list[tuple[str, ...]]:
    return [tuple(row[f] for f in fields) for row in rows]


BOX = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
IMAGES = """
create table images (id integer primary key, path text, width int, height int);
insert into images values (1, 'a.jpg', 400, 300), (2, 'b.jpg', 400, 300), (3, 'c.jpg', 400, 300);
"""


def annotations(folder: Path, columns: str, *rows: str, table: str = "annotations", more: str = "") -> Drafted:
    """What is drafted of three images and annotations of one class with these columns."""
    cells = ", ".join(f"({n}, {n % 3 + 1}, 'car', {row})" for n, row in enumerate(rows))
    script = f"create table {table} (id integer primary key, image_id int, class text, {columns});"
    return host(folder, IMAGES + script + (f"insert into {table} values {cells};" if rows else "") + more)
