"""The checks of CSV manifests, ours and those of others."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import orjson

from exporter.containers import Unreadable
from exporter.notes import Notes
from exporter.parts import Receipt
from exporter.records.vision.filters import SPELLINGS
from exporter.report import Finding
from exporter.vision.audit import Listed, badly_named, fingerprints, problems, shared_between_splits, unbalanced
from exporter.vision.kinds import has_extension
from exporter.vision.names import folded
from exporter.vision.splits import says_split
from exporter_csv_manifest.columns import HEADER, IMAGES, MANIFEST
from exporter_csv_manifest.files import Contents, contents
from exporter_csv_manifest.findings import PROBLEMS

_SPLITS = frozenset(SPELLINGS)

_MISSING = {  # na_values of pandas.read_csv
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN",
    "None", "n/a", "nan", "null",
}  # fmt: skip


def check(path: Path, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """What is wrong with the manifest of a path.

    :param receipts: of the run that wrote it: their digests need not be made again.
    """
    notes = Notes(PROBLEMS | problems("images"))
    try:
        inside = contents(path)
        if inside is None:
            notes.add("MANIFEST_MISSING")
        else:
            rows = _Rows(notes, in_column=_in_column(inside))
            rows.read(inside)
            rows.together()
            _of_files(inside, rows, notes, receipts)
            _digest(inside, receipts, notes)
    except (Unreadable, OSError, UnicodeDecodeError, csv.Error) as error:
        notes.add("MANIFEST_UNREADABLE", f"{path.name}: {error}")
    yield from notes.findings()


def _in_column(inside: Contents) -> bool:
    """Whether metadata.json says that several classes stand in one cell."""
    options = _json(inside, "metadata.json").get("options")
    return isinstance(options, dict) and options.get("multi_label") == "column"


def _json(inside: Contents, name: str) -> dict[str, Any]:
    if name not in inside.files:
        return {}
    try:
        found = orjson.loads(inside.document(name))
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


@attrs.define
class _Rows:
    """The rows of a manifest. Memory grows with the images that they list.

    :param in_column: whether several classes stand in one cell.
    """

    notes: Notes
    in_column: bool = attrs.field(kw_only=True)
    splits: dict[str, str] = attrs.field(factory=dict)
    _classes: dict[str, Counter[str]] = attrs.field(factory=lambda: defaultdict(Counter))
    _pairs: set[int] = attrs.field(factory=set)

    def read(self, inside: Contents) -> None:
        """Look at all of them.

        :raises csv.Error: where a quote is never closed.
        """
        rows = csv.reader(inside.manifest(), strict=True)
        header = next(rows, [])
        if not self._header(header):
            return
        at = [header.index(name) for name in HEADER]
        for cells in rows:
            where = f"line {rows.line_num}"
            if len(cells) == len(header):
                self._row(*(cells[place] for place in at), where=where)
            elif cells:
                self.notes.add("ROW_UNEVEN", where)

    def _header(self, header: Sequence[str]) -> bool:
        for name in HEADER:
            if name not in header:
                self.notes.add("COLUMN_MISSING", name)
        for name, count in Counter(header).items():
            if count > 1:
                self.notes.add("COLUMN_DUPLICATE", name)
            if name not in HEADER:
                self.notes.add("COLUMN_UNKNOWN", name)
        return set(HEADER) <= set(header)

    def _row(self, path: str, class_name: str, split: str, *, where: str) -> None:
        word = split.strip().lower()
        if word and word not in _SPLITS:
            self.notes.add("SPLIT_UNKNOWN", f"{where}: {split}")
        split = SPELLINGS.get(word, word)
        if not path:
            self.notes.add("IMAGE_PATH_MISSING", where)
            return
        if self.splits.setdefault(path, split) != split:
            self.notes.add("SPLIT_DIFFERS", path)
        if not class_name.strip():
            self.notes.add("CLASS_NAME_MISSING", where)
            return
        pair = hash((path, class_name))
        if pair in self._pairs:
            self.notes.add("ROW_DUPLICATE", f"{where}: {path}")
        self._pairs.add(pair)
        self._classes[split].update(_separated(class_name) if self.in_column else [class_name])

    def together(self) -> None:
        """Look at what only all rows together tell."""
        names = sorted({name for counts in self._classes.values() for name in counts})
        alike: dict[str, list[str]] = defaultdict(list)
        for name in names:
            alike[folded(" ".join(name.split()))].append(name)
        for name in sorted(_MISSING.intersection(names)):
            self.notes.add("CLASS_NAME_READ_AS_MISSING", name)
        for same in alike.values():
            if len(same) > 1:
                self.notes.add("CLASS_NAME_DUPLICATE", " = ".join(same))
        without = [path for path, split in self.splits.items() if not split]
        if 0 < len(without) < len(self.splits):
            self.notes.add("SPLIT_PARTLY_MISSING", without[0], len(without))
        for path in self.splits:
            if _leads_out(path):
                self.notes.add("IMAGE_PATH_OUTSIDE", path)
        badly_named((path for path in self.splits if not _leads_out(path)), self.notes)
        unbalanced(names, self._classes, self.notes)


def _separated(text: str) -> list[str]:
    """The names in a cell that joins them by |; a backslash keeps what follows it."""
    found, escaped = [""], False
    for sign in text:
        if escaped or sign not in "\\|":
            found[-1] += sign
            escaped = False
        elif sign == "|":
            found.append("")
        else:
            escaped = True
    return found


def _leads_out(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return parts[0] == "" or parts[0].endswith(":") or ".." in parts or "\0" in path


def _of_files(inside: Contents, rows: _Rows, notes: Notes, receipts: Mapping[str, Receipt]) -> None:
    """Whether what is listed is there, where any image is."""
    images = {name for name in inside.files if has_extension(name) or name in rows.splits}
    if not images:
        return
    for path in rows.splits:
        if path not in inside.files and not _leads_out(path):
            notes.add("FILE_MISSING", path)
        if any(map(says_split, path.split("/"))):
            notes.add("NAMED_LIKE_SPLIT", path)
    for name in images:
        if inside.files[name][0] == 0:
            notes.add("FILE_EMPTY", name)
        if name not in rows.splits:
            notes.add("FILE_NOT_LISTED", name)
    listed = [Listed(split, p, *inside.files[p]) for p, split in rows.splits.items() if split and p in images]
    known = {name: receipts[name] for name in receipts if name.startswith(IMAGES)}
    shared_between_splits(fingerprints([e for e in listed if e.size > 0], inside.blocks, known), notes)


def _digest(inside: Contents, receipts: Mapping[str, Receipt], notes: Notes) -> None:
    """Whether croissant.json tells of this manifest; of a run it was made from the receipt."""
    if MANIFEST in receipts:
        return
    told = _json(inside, "croissant.json").get("distribution")
    for each in told if isinstance(told, list) else []:
        if isinstance(each, dict) and each.get("contentUrl") == MANIFEST and "sha256" in each:
            digest = hashlib.sha256()
            for block in inside.blocks(MANIFEST):
                digest.update(block)
            if each["sha256"] != digest.hexdigest():
                notes.add("DIGEST_DIFFERS", MANIFEST)
