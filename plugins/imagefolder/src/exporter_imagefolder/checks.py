"""The checks of image folders, ours and those of others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from exporter.containers import Unreadable
from exporter.notes import Notes
from exporter.parts import Receipt
from exporter.report import Finding
from exporter.vision.audit import Listed, badly_named, fingerprints, problems, shared_between_splits, unbalanced
from exporter.vision.kinds import HEAD, LOADED, has_extension, is_image
from exporter.vision.names import folded
from exporter.vision.splits import says_split
from exporter_imagefolder.files import Contents, File, contents
from exporter_imagefolder.findings import PROBLEMS

Counts = dict[str, Counter[str]]


def check(path: Path, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """What is wrong with the image folder of a path.

    :param receipts: of the run that wrote it: their digests need not be made again.
    """
    notes = Notes(PROBLEMS | problems("images"))
    try:
        inside = contents(path)
        counts = _of_files(inside, notes)
        _of_folders(inside, counts, notes)
        classes = sorted(inside.listed or {name for each in counts.values() for name in each})
        badly_named((each.name for each in inside.files), notes)
        unbalanced(classes, counts, notes)
        shared_between_splits(fingerprints(_split(inside), inside.blocks, receipts), notes)
    except (Unreadable, OSError) as error:
        notes.add("FOLDER_UNREADABLE", f"{path.name}: {error}")
    yield from notes.findings()


def _of_files(inside: Contents, notes: Notes) -> Counts:
    """Look at each file.

    :returns: files that may be images by folder of class, by split.
    """
    counts: Counts = defaultdict(Counter)
    for each in inside.files:
        if each.of:
            _look(inside, each, notes)
            if not each.is_document:
                counts[each.split][each.of] += 1
        else:
            notes.add("IMAGE_WITHOUT_CLASS", each.name)
    if not counts:
        notes.add("IMAGES_MISSING")
    return counts


def _look(inside: Contents, file: File, notes: Notes) -> None:
    """Note what keeps a loader from finding an image in a file."""
    if not has_extension(file.name, LOADED):
        notes.add("FILE_EXTENSION_UNKNOWN", file.name)
    if file.is_link:
        notes.add("LINK_NOT_FOLLOWED", file.name)
    elif not file.size:
        notes.add("FILE_EMPTY", file.name)
    else:
        try:
            if not is_image(next(inside.blocks(file.name), b"")[:HEAD]):
                notes.add("FILE_NOT_AN_IMAGE", file.name)
        except (Unreadable, OSError) as error:
            notes.add("FILE_UNREADABLE", f"{file.name}: {error}")


def _of_folders(inside: Contents, counts: Counts, notes: Notes) -> None:
    """Folders without an image, those that are one, and splits that lack some."""
    held = {(each.split, each.of) for each in inside.files if each.of} | set(inside.empty)
    for split, of in sorted(held):
        if split not in counts or not counts[split][of]:
            notes.add("CLASS_FOLDER_EMPTY", "/".join(filter(None, (split, of))))
    alike: dict[str, set[str]] = defaultdict(set)
    for _, of in held:
        alike[folded(of)].add(of)
    for same in alike.values():
        if len(same) > 1:
            notes.add("CLASS_NAME_DUPLICATE", " = ".join(sorted(same)))
    names = {of for _, of in held} if inside.by_split else {part for each in inside.files for part in each.name.split("/")}
    for name in sorted(filter(says_split, names)):
        notes.add("NAMED_LIKE_SPLIT", name)
    known = {of for each in counts.values() for of in each}
    for split, each in sorted(counts.items()):
        if lacking := sorted(known - set(each)):
            notes.add("CLASSES_DIFFER", f"{split}: {', '.join(lacking[:3])}", len(lacking))


def _split(inside: Contents) -> list[Listed]:
    """The files of splits, where there are several."""
    if not inside.by_split:
        return []
    return [Listed(each.split, each.name, each.size, each.crc32) for each in inside.files if each.size > 0]
