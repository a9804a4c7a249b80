"""Which split an image belongs to: as the source has it, as a file says, or by a hash of its identifier."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from exporter.errors import InputError
from exporter.records.vision.filters import SPELLINGS
from exporter.report import EXAMPLES, Finding
from exporter.vision.options import STORED

SPLITS = ("train", "val", "test")
NONE = "none"
_HASH = "hash:"
_IDENTIFIED = ("image_id", "path")  # columns that a file of splits may name images by
_STEPS = 1 << 64
_HINT = "A CSV file with the columns image_id or path, and split; or stored, or hash:0.8,0.1,0.1"
_WORDS = "train|training|validation|valid|dev|val|test|testing|eval|evaluation"
_SAID = re.compile(rf"(?:^|[-._ 0-9])(?:{_WORDS})(?:$|[-._ 0-9])")


@attrs.frozen
class ByHash:
    """A split for each image from a hash of its identifier: it stays when other images come and go.

    :param limits: the ends of train, val and test between 0 and 2^64.
    """

    limits: tuple[int, ...]

    def split(self, image_id: str, path: str) -> str:
        """The split of an image; `path` says nothing."""
        place = int.from_bytes(hashlib.blake2b(image_id.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")
        return next(name for name, limit in zip(SPLITS, self.limits, strict=True) if place < limit)


@attrs.frozen
class ByFile:
    """A split for each image that a CSV file names; none for all others.

    :param column: what it names images by, image_id or path.
    """

    column: str
    splits: dict[str, str]
    _met: set[str] = attrs.field(factory=set, init=False)

    def split(self, image_id: str, path: str) -> str:
        """The split of an image."""
        image = image_id if self.column == "image_id" else path
        split = self.splits.get(image)
        if split is None:
            return NONE
        self._met.add(image)
        return split

    def findings(self, known: Sequence[str]) -> Iterator[Finding]:
        """What is wrong with the file, once all images were asked for.

        :param known: what some images are called that the file does not name.
        """
        lost = [image for image in self.splits if image not in self._met]
        if lost and not self._met:
            named = f" The source's are like {', '.join(known)}." if known else ""
            message = f"The file of splits names none of these images by its column {self.column}.{named}"
            yield Finding("error", "SPLIT_FILE_OF_OTHERS", message, len(lost), lost[:EXAMPLES], "image")
        elif lost:
            message = "The file of splits names images that are not among those of this export."
            yield Finding("info", "SPLIT_FILE_UNUSED", message, len(lost), lost[:EXAMPLES], "image")


Splitter = ByHash | ByFile


def splitter(given: str) -> Splitter | None:
    """How images are split; None where the source's own splits count.

    :param given: `stored`, `hash:TRAIN,VAL,TEST` with shares that add up to 1, or a CSV file with the columns image_id (or path)
        and split.
    :raises InputError: for anything else, with what is wrong.
    """
    if given == STORED:
        return None
    if not given.strip():
        raise InputError("The option 'split_by' is empty.", hint=_HINT)
    return _by_hash(given.removeprefix(_HASH)) if given.startswith(_HASH) else _by_file(Path(given))


def _by_hash(given: str) -> ByHash:
    hint = "For instance: --split-by hash:0.8,0.1,0.1"
    try:
        shares = [float(each) for each in given.split(",")]
    except ValueError:
        shares = []
    if len(shares) != len(SPLITS) or not all(0 <= share <= 1 for share in shares):
        raise InputError(f"The option 'split_by' takes a share for each of train, val and test, not '{given}'.", hint=hint)
    if abs(sum(shares) - 1) > 1e-9:
        raise InputError(f"The shares of 'split_by' add up to {sum(shares):g}, not to 1.", hint=hint)
    ends = [round(sum(shares[: i + 1]) * _STEPS) for i in range(len(shares))]
    last = max(i for i, share in enumerate(shares) if share)  # what rounding leaves over
    return ByHash(tuple(_STEPS if i >= last else end for i, end in enumerate(ends)))


def _by_file(path: Path) -> ByFile:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, csv.DictReader(file, strict=True))
    except OSError as error:
        raise InputError(f"The file of splits {path} cannot be read: {error.strerror}.", hint=_HINT) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The file of splits {path} is no CSV file in UTF-8: {error}.", hint=_HINT) from None


def _read(path: Path, rows: csv.DictReader[str]) -> ByFile:
    header = rows.fieldnames or ()
    column = next((name for name in _IDENTIFIED if name in header), None)
    if column is None or header.count(column) != 1 or header.count("split") != 1:
        line = ",".join(header)
        raise InputError(
            f"The first line of the file of splits {path} is '{line}'; it needs one column image_id or path, and one column split.",
            hint=_HINT,
        )
    found: dict[str, str] = {}
    for row in rows:
        image, word = row[column] or "", (row["split"] or "").strip().lower()
        split = NONE if word in ("", NONE) else SPELLINGS.get(word)
        if split is None:
            raise InputError(f"{path}, line {rows.line_num}: '{word}' is none of {', '.join(SPLITS)} and {NONE}.")
        if found.setdefault(image, split) != split:
            raise InputError(f"{path}, line {rows.line_num}: the image '{image}' is in two splits.")
    return ByFile(column, found)


def says_split(name: str) -> bool:
    """Whether a reader that guesses splits from the names of folders and files (Hugging Face datasets) takes one for a split's."""
    return _SAID.search(name) is not None
