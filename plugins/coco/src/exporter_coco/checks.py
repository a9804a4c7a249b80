"""The checks of COCO files, ours and those of others: what their readers refuse, misread, or learn nothing from."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from exporter.containers import Unreadable
from exporter.notes import Notes
from exporter.parts import Receipt
from exporter.report import Finding
from exporter.vision.audit import Listed, badly_named, fingerprints, problems, shared_between_splits, unbalanced
from exporter.vision.files import size_of
from exporter_coco.files import Contents, Document, contents
from exporter_coco.findings import PROBLEMS
from exporter_coco.reader import DocumentCheck
from exporter_coco.stream import Broken


def check(path: Path, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """What is wrong with the COCO files of a path.

    :param receipts: of the run that wrote it: what it has seen to be sound as it passed is not read again.
    """
    notes = Notes(PROBLEMS | problems("annotations"))
    try:
        inside = contents(path)
    except (Unreadable, OSError) as error:
        notes.add("COCO_UNREADABLE", f"{path.name}: {error}")
        yield from notes.findings()
        return
    if not inside.documents:
        notes.add("COCO_MISSING")
    fresh = [d for d in inside.documents if d.name not in receipts or not receipts[d.name].sound]
    read = [_read(inside, document, notes) for document in fresh]
    _of_classes(read, notes)
    _of_files(inside, read, notes, receipts)
    yield from notes.findings()


@attrs.frozen
class _Read:
    """What a COCO file holds, as far as others are compared with it."""

    document: Document
    images: list[tuple[str, tuple[Any, Any]]]
    categories: dict[int, str]
    counts: Counter[str]


def _read(inside: Contents, document: Document, notes: Notes) -> _Read:
    checked = DocumentCheck(document.name, notes)
    try:
        checked.read(lambda: inside.blocks(document))
    except (Broken, Unreadable, OSError) as error:
        notes.add("COCO_UNREADABLE", f"{document.name}: {error}")
    return _Read(document, checked.images, checked.categories, checked.counts)


def _of_classes(read: list[_Read], notes: Notes) -> None:
    names: dict[int, str] = {}
    for each in read:
        for number, name in each.categories.items():
            if names.setdefault(number, name) != name:
                notes.add("CATEGORY_DIFFERS", f"{number}: {names[number]} and {name}")
    unbalanced(names.values(), {each.document.split: each.counts for each in read}, notes)


def _of_files(inside: Contents, read: list[_Read], notes: Notes, receipts: Mapping[str, Receipt]) -> None:
    """Names, files that are missing or empty, and images in several splits."""
    for each in read:
        badly_named((name for name, _ in each.images), notes)
        folder = each.document.images
        if any(name.startswith(folder) for name in inside.others):
            for name, size in each.images:
                _compare(inside, folder + name, (None, None) if folder + name in receipts else size, notes)
    for name, (length, _) in inside.others.items():
        if length == 0:
            notes.add("FILE_EMPTY", name)
    shared_between_splits(fingerprints(_pictures(inside), inside.other, receipts), notes)


def _compare(inside: Contents, name: str, size: tuple[Any, Any], notes: Notes) -> None:
    """Whether an image has a file, of the same size: as people see it, or as it is before it is turned by its EXIF orientation.

    :param size: None where nothing is to be compared: a run has done so before it wrote.
    """
    if name not in inside.others:
        notes.add("FILE_MISSING", name)
    elif inside.others[name][0] and None not in size:
        found = size_of(io.BytesIO(inside.begins(name)))
        if found is not None and size not in (found.seen, found.stored):
            notes.add("IMAGE_SIZE_DIFFERS", f"{name}: {size[0]} x {size[1]}, the file {found.width} x {found.height}")


def _pictures(inside: Contents) -> list[Listed]:
    """The images of documents that have a split, where several have."""
    folders = {d.images: d.split for d in inside.documents if d.split}
    if len(folders) < 2:
        return []
    found = []
    for name, (size, crc32) in inside.others.items():
        folder = next((f for f in folders if name.startswith(f)), None)
        if folder is not None:
            found.append(Listed(folders[folder], name, size, crc32))
    return found
