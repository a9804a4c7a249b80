"""What is looked at in the finished files of every format of images: classes by split, the same image in two splits, names.

The problems are those of `problems`; a check takes them beside those of its own format.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

import attrs

from exporter.notes import Notes, Problem
from exporter.parts import Receipt
from exporter.vision.names import folded, safe_path

MOST_FILES = 1_000_000  # in a container: images are many
_RARE = 100  # times as many of the most frequent class as of the rarest make classes unbalanced
_OURS = "ours"


def problems(of: str) -> dict[str, Problem]:
    """What can be wrong with the files of every format of images, by code.

    :param of: what classes are counted in, in words.
    """
    return {
        "FILE_NAME_DUPLICATE": Problem("error", "File names that are one, or would be where case does not count.", _OURS),
        "FILE_NAME_UNSAFE": Problem(
            "warning", "File names that are absolute, lead out of their folder or hold what some file system refuses.", _OURS
        ),
        "CLASS_EMPTY": Problem("info", f"A class has no {of}.", _OURS),
        "CLASS_IMBALANCE": Problem(
            "info", f"The most frequent class has over {_RARE} times as many {of} as the rarest.", _OURS
        ),
        "CLASS_NOT_IN_TRAIN": Problem("warning", f"A class has {of} in other splits and none in train.", _OURS),
        "IMAGE_IN_SEVERAL_SPLITS": Problem("warning", "The same image, byte for byte, is in several splits.", _OURS),
    }


@attrs.frozen
class Listed:
    """A file of a container that belongs to a split; `crc32` where the container tells it."""

    split: str
    name: str
    size: int
    crc32: int | None


def fingerprints(
    files: Sequence[Listed], blocks: Callable[[str], Iterable[bytes]], receipts: Mapping[str, Receipt]
) -> Iterator[tuple[str, str, Hashable]]:
    """Split, name and content of files that are not empty, for `shared_between_splits`.

    Only those are read that neither a CRC-32 nor a receipt speaks for, and that are as long as another.

    :param blocks: the bytes of a file.
    """
    sizes = Counter(each.size for each in files)
    for each in files:
        if not each.size:
            continue
        content: Hashable = (each.size, each.crc32)
        if each.crc32 is None and each.name in receipts:
            content = receipts[each.name].sha256
        elif each.crc32 is None:
            content = _digest(blocks(each.name)) if sizes[each.size] > 1 else each.name
        yield each.split, each.name, content


def _digest(blocks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def shared_between_splits(files: Iterable[tuple[str, str, Hashable]], notes: Notes) -> None:
    """The same image in several splits: what a model is tested with, it has learnt by heart.

    :param files: split, name and what is the same for the same bytes, of each image.
    """
    where: dict[Hashable, dict[str, str]] = defaultdict(dict)
    for split, name, content in files:
        where[content].setdefault(split, name)
    for names in where.values():
        if len(names) > 1:
            notes.add("IMAGE_IN_SEVERAL_SPLITS", " = ".join(names.values()))


def unbalanced(classes: Iterable[str], counts: Mapping[str, Counter[str]], notes: Notes) -> None:
    """Classes without anything, too rare, or not to be learnt.

    :param counts: how many there are of each class, by split; the empty text where there are no splits.
    """
    total: Counter[str] = sum(counts.values(), Counter())
    if not total:
        return
    for name in classes:
        if not total[name]:
            notes.add("CLASS_EMPTY", name)
    most, least = total.most_common()[0], total.most_common()[-1]
    if most[1] > _RARE * least[1]:
        notes.add("CLASS_IMBALANCE", ", ".join(f"{name}: {count:,}" for name, count in (most, least)))
    if "train" in counts:
        for name in sorted({name for each in counts.values() for name in each} - set(counts["train"])):
            notes.add("CLASS_NOT_IN_TRAIN", name)


def badly_named(names: Iterable[str], notes: Notes) -> None:
    """File names that a file system takes for one, and names that lead elsewhere or that some system refuses."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[folded(name)] += 1
        if safe_path(name) != name:
            notes.add("FILE_NAME_UNSAFE", name)
    for name, count in seen.items():
        if count > 1:
            notes.add("FILE_NAME_DUPLICATE", name, count)
