"""The path of an image that is kept in a JSON object, as where a task is anything that can be shown."""

from __future__ import annotations

import json
import re

import attrs

from exporter.mapping.guess import Making
from exporter.mapping.known import Study
from exporter.mapping.look import Column, Table
from exporter.mapping.names import fold
from exporter.mapping.values import is_address, joined
from exporter.mapping.vision import words
from exporter.mapping.vision.checks import is_file
from exporter.mapping.vision.jsonsql import Json

_COLUMNS = ("data", "payload", "content", "metadata")
_KEYS = ("image", "image_url", "imageUrl", "img", "file", "path", "file_name", "url")
_FOLDERS = (
    "folder",
    "dir",
    "directory",
    "subdir",
    "subdirectory",
    "subfolder",
    "dirname",
    "foldername",
    "folderpath",
    "dirpath",
)
_ENOUGH = 0.9  # of the objects must have the key, with the name of an image file


@attrs.frozen
class JsonPath:
    """A key of the objects in a column."""

    column: Column
    key: str

    def sql(self, study: Study) -> str:
        """The path."""
        found = Json(study.db, self.column)
        return found.where(found.item((self.key,)))


def complete(making: Making) -> None:
    """Find the path where no column is one; say what a path is not good for, and why a class of an image is no annotation."""
    found = path_in(making.study, making.table) if "path" not in making.lines else None
    if found is not None:
        making.add("path", found.sql(making.study), f"{found.key} in {found.column.name}", found.column.name)
    path = making.fields.guesses.get("path")
    if path is not None and (folder := _folder(making, path.column)) is not None:
        db = making.study.db
        sql = joined(db, db.quote(folder), "'/'", db.quote(path.column))
        making.add("path", sql, f"{path.column} names several rows, each in its {folder}", path.column, folder)
    elif path is not None and all(map(is_address, making.study.db.values(making.table, path.column).texts)):
        line = making.lines["path"]
        making.add("path", line.sql, f"{line.why}; addresses, and files are only taken from a folder".lstrip("; "))
    for column in making.table.columns:
        if fold(column) in words.CLASSES:
            making.fields.refused.setdefault(column, "a class of a whole image is no annotation; tags say such things")


def _folder(making: Making, name: str) -> str | None:
    """The column of the folders of files whose names alone are not unique, and do not tell of folders themselves."""
    study, table = making.study, making.table
    folder = next((column for column in table.columns if fold(column) in _FOLDERS), None)
    if folder is None or study.db.distinct(table, name):
        return None
    files, folders = study.db.values(table, name).texts, study.db.values(table, folder).texts
    plain = bool(folders) and not any("/" in text or "\\" in text for text in files)
    return folder if plain and not any(map(is_address, folders)) else None


def path_in(study: Study, table: Table) -> JsonPath | None:
    """Where a table keeps the paths of images within JSON objects; None where it does not."""
    for column in table.columns.values():
        texts = study.db.values(table, column.name).texts if fold(column.name) in _COLUMNS else ()
        for key in _KEYS if texts else ():
            named = [text for text in texts if is_file(_value(text, key))]
            if len(named) >= len(texts) * _ENOUGH:
                return JsonPath(column, key)
    return None


def _value(text: str, key: str) -> str:
    """What an object has at a key, as far as it was looked at."""
    try:
        found = json.loads(text)
        value = found.get(key) if isinstance(found, dict) else None
    except ValueError:
        match = re.search(rf'"{key}"\s*:\s*"([^"]+)"', text) if text.lstrip().startswith("{") else None
        value = match[1] if match else None
    return value if isinstance(value, str) else ""
