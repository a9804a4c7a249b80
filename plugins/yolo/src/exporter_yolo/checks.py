"""The checks of YOLO data sets, ours and those of others: what their readers refuse, misread, or learn nothing from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from exporter.containers import Unreadable
from exporter.notes import Notes
from exporter.parts import Receipt
from exporter.report import Finding
from exporter.vision.audit import Listed, badly_named, fingerprints, problems, shared_between_splits, unbalanced
from exporter.vision.names import folded
from exporter_yolo.datafile import MOST, Data, read_data
from exporter_yolo.findings import PROBLEMS
from exporter_yolo.labelfile import BOX, OUTLINE, LabelCheck
from exporter_yolo.tree import Tree

_MOST_LABELS = 4 << 20  # bytes of a label file: thousands of outlines
_OTHER = "none"  # the split of what data.yaml names for none


def check(path: Path, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """What is wrong with the YOLO data set of a path.

    :param receipts: of the run that wrote it: of labels that were seen to be sound as they passed, classes are counted.
    """
    notes = Notes(PROBLEMS | problems("annotations"))
    try:
        _look(Tree.of(path), notes, receipts)
    except (Unreadable, OSError) as error:
        notes.add("YOLO_UNREADABLE", f"{path.name}: {error}")
    yield from notes.findings()


def _look(tree: Tree, notes: Notes, receipts: Mapping[str, Receipt]) -> None:
    data = _data(tree, notes)
    splits = tree.splits(data.splits, notes)
    sound = {name for name, receipt in receipts.items() if receipt.sound}
    counts = _labels(tree, LabelCheck(data, notes), _by_key(splits), notes, sound)
    unbalanced(data.names or sorted({name for each in counts.values() for name in each}), counts, notes)
    _images(tree, splits, notes, receipts)


def _data(tree: Tree, notes: Notes) -> Data:
    if tree.data:
        return read_data(tree.archive.read(tree.data, MOST + 1), notes)
    notes.add("YAML_MISSING")
    return Data()


def _by_key(splits: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The split of each image and label file; of several the first."""
    found: dict[str, str] = {}
    for split, keys in splits.items():
        for key in keys:
            found.setdefault(key, split)
    return found


def _labels(
    tree: Tree, kinds: LabelCheck, split_of: Mapping[str, str], notes: Notes, sound: Set[str]
) -> dict[str, Counter[str]]:
    """How many annotations there are of each class, by split.

    :param sound: names of files in which nothing but that is looked at.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    keys = {name: key for key, name in tree.labels.items()}
    for name, blocks in tree.archive.each(keys):
        try:
            content = _whole(blocks)
        except Unreadable as error:
            notes.add("LABELS_UNREADABLE", f"{name}: {error}")
        else:
            found = kinds.count(name, content) if name in sound else kinds.read(name, content)
            counts[split_of.get(keys[name], _OTHER)].update(found)
    if kinds.kinds[BOX] and kinds.kinds[OUTLINE]:
        notes.add("TASKS_MIXED", f"{kinds.kinds[BOX]:,} files with boxes, {kinds.kinds[OUTLINE]:,} with outlines")
    return counts


def _whole(blocks: Iterator[bytes]) -> bytes:
    content = bytearray()
    for block in blocks:
        content += block
        if len(content) > _MOST_LABELS:
            raise Unreadable(f"it is longer than {_MOST_LABELS:,} bytes")
    return bytes(content)


def _images(tree: Tree, splits: Mapping[str, Iterable[str]], notes: Notes, receipts: Mapping[str, Receipt]) -> None:
    """Images and label files against each other; names; images that are empty or in several splits."""
    if not tree.images:
        return
    _pairs(tree, notes)
    named = {key for keys in splits.values() for key in keys}
    for key, names in tree.images.items():
        for name in names:
            if splits and key not in named:
                notes.add("IMAGE_IN_NO_SPLIT", name)
            if tree.archive.sizes(name)[-1][0] == 0:
                notes.add("FILE_EMPTY", name)
    for name in tree.unseen():
        notes.add("IMAGE_NOT_SEEN", name)
    badly_named((name for names in tree.images.values() for name in names), notes)
    shared_between_splits(fingerprints(_pictures(tree, splits), tree.archive.blocks, receipts), notes)


def _pairs(tree: Tree, notes: Notes) -> None:
    alike: dict[str, list[str]] = defaultdict(list)
    for key, names in tree.images.items():
        alike[folded(key)] += names
        if key not in tree.labels:
            for name in names:
                notes.add("IMAGE_WITHOUT_LABELS", name)
    for names in alike.values():
        if len(names) > 1:
            notes.add("LABELS_SHARED", " = ".join(names), len(names))
    for key, name in tree.labels.items():
        if key not in tree.images:
            notes.add("LABELS_WITHOUT_IMAGE", name)


def _pictures(tree: Tree, splits: Mapping[str, Iterable[str]]) -> list[Listed]:
    """The images, where there are several splits."""
    if len(splits) < 2:
        return []
    names = ((split, name) for split, keys in splits.items() for key in keys for name in tree.images.get(key, ()))
    return [Listed(split, name, *tree.archive.sizes(name)[-1]) for split, name in names]
