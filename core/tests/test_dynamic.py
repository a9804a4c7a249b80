"""Columns without a field of their own, where a family has no place for them."""

from __future__ import annotations

from pathlib import Path

import pytest

import exporter
from exporter.errors import InputError

TOML = """\
[sources.s]
url = "sqlite:///a.db"
family = "vision"
[sources.s.records.image]
table = "images"
columns = { image_id = "id", path = "path" }
[sources.s.records.image.dynamic]
weather = "weather"
"""


def test_a_family_without_such_a_field_refuses_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("create table images (id integer primary key, path text, weather text)")
    (tmp_path / "exporter.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="record 'image': its columns for dynamic_properties have no place there"):
        exporter.preview(format="coco", source="s")
