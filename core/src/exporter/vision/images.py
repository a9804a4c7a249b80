"""The images of an export: each with its number, its name inside the artifact and its split.

Names are the host's paths, made safe. Where two images of the project have names that a file system may take for one, or that the
format cannot tell apart, each gets its number as a suffix, whatever filters leave of them: so names are the same in every export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, BinaryIO

import attrs
import numpy as np

from exporter.accounts import leave_out
from exporter.context import ExportContext
from exporter.errors import InputError, SourceError
from exporter.parts import Link, Part
from exporter.records import Field
from exporter.records.conditions import is_blank
from exporter.records.vision.conditions import split_of
from exporter.report import EXAMPLES, Finding, Level
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, plain_fields, value
from exporter.vision.files import FileSize, opened
from exporter.vision.names import PATHS, Naming, folded, suffixed
from exporter.vision.numbers import Numbers
from exporter.vision.splits import NONE, ByFile, Splitter, splitter

TABLE = "images"
NAMES = "names of images"
_OWN = ("image_id", "path", "width", "height", "orientation", "captured", "file_size")
_ORIENTATIONS = frozenset("12345678")  # of EXIF
_CHUNK = 1 << 20
_LARGEST = 1_000_000  # pixels of a side; what is said to be larger takes more than anybody has
_DIGITS = 20  # of a number that is looked at
Rows = Mapping[str, RecordRows]


@attrs.frozen(slots=True)
class Picture:
    """An image to write.

    :param number: its id in the artifact, from 1; :param uid: its identifier in the source.
    :param path: where the host has its file; :param name: the same inside the artifact, without the folder of all images.
    :param width: in pixels, of the frame that the artifact is in; None where nobody knows.
    :param split: train, val, test or none.
    """

    number: int
    uid: str
    path: str
    name: str
    width: int | None
    height: int | None
    orientation: int
    captured: str
    split: str


def _uid(picture: Picture) -> str:
    return picture.uid


def rules(ctx: ExportContext, records: Rows, *, by_split: bool) -> list[Rule]:
    """What images are left out: those without a path, and where the artifact is made of splits those of none.

    :param by_split: whether it is; images of no split are still written where a filter asks for them.
    :raises InputError: when the source has no paths, or no splits where they are needed.
    """
    row = records.get("image")
    if row is None or not row.has("path"):
        raise InputError(
            f"Source '{ctx.source.name}' provides no path of record 'image'.", hint="Map a column to it; it names the files."
        )
    pathless = is_blank(row, "path", ctx.connection)
    found = [Rule("image", "PATH_MISSING", "The image has no path; it was left out.", where=pathless)]
    if by_split and splitter(ctx.options.split_by) is None:
        split = split_of(records)
        if split is None:
            raise InputError(
                f"Source '{ctx.source.name}' has no splits, and this output is made of them.",
                hint="Map a column to `split` of record 'task' or 'image', or give --split-by hash:0.8,0.1,0.1",
            )
        if NONE not in ctx.filters.splits:
            message = "The image belongs to no split; it was left out. --filter splits=none asks for such images."
            found.append(Rule("image", "SPLIT_NONE", message, "info", where=split == NONE))
    return found


def has_splits(ctx: ExportContext, records: Rows) -> bool:
    """Whether images have splits: as the source has them, or as the option `split_by` says."""
    return splitter(ctx.options.split_by) is not None or split_of(records) is not None


def image_table(records: Rows, numbered: Numbers) -> Table:
    """The images to write, in the order of their key."""
    row = records["image"]
    start, number = numbered.joined(row.alias, row.alias)
    columns, values = image_columns(records, row)
    query = TableQuery(row.select().select_from(start), {"number": Value(number), **values}, row.key)
    return Table(TABLE, "image", {**plain_fields(["number"]), **columns}, (query,), whole=True)


def name_table(records: Rows) -> Table:
    """The paths of all images of the project, whatever filters leave of them."""
    row = records["image"]
    query = TableQuery(row.in_project().order_by(row.key), {"path": value(row, "path")})
    return Table(NAMES, "image", {"path": row.bound.schema.fields["path"]}, (query,))


def image_columns(records: Rows, row: RecordRows) -> tuple[dict[str, Field], dict[str, Value]]:
    """The columns about an image, and their values where the source provides them.

    :param row: the images, maybe under another alias.
    """
    fields = row.bound.schema.fields
    found = {name: value(row, name) for name in _OWN if row.has(name)}
    split = split_of({**records, "image": row})
    if split is not None:
        found["split"] = Value(split, text_only=True)
    return {name: fields[name] for name in (*_OWN, "split")}, found


@attrs.define(eq=False)
class Images:
    """The images of one run, read once: who asks later, asks for what was found then.

    :param table: what `image_table` gave; :param names: what `name_table` gave.
    :param opened: whether each file is looked at before anything names it.
    :param naming: how the format names them.
    :param left: numbers of the images that were left out on the way.
    """

    ctx: ExportContext
    table: Table
    names: Table
    opened: bool
    naming: Naming = PATHS
    left: set[int] = attrs.field(factory=set)
    by_split: Counter[str] = attrs.field(factory=Counter)
    _splitter: Splitter | None = attrs.field(init=False)
    _read: int = attrs.field(default=0, init=False)
    _unreadable: int = attrs.field(default=0, init=False)
    _first_unreadable: str = attrs.field(default="", init=False)

    def __attrs_post_init__(self) -> None:
        self._splitter = splitter(self.ctx.options.split_by)

    @property
    def have_splits(self) -> bool:
        """As `has_splits` has it, once the tables are made."""
        return self._splitter is not None or "split" in self.table.queries[0].values

    def batches(self) -> Iterator[list[Picture]]:
        """The images in batches, in the order of their key, without those that are left out.

        :raises SourceError: when there are images, and the file of not a single one can be read.
        """
        strangers: list[Picture] = []
        for rows in self.ctx.texts(self.table):
            names = self._named(rows)
            found = [self._picture(row, name) for row, name in zip(rows, names, strict=True)]
            self.by_split.update(p.split for p in found)
            if self._splitter is not None:
                strangers += [p for p in found if p.split == NONE][: EXAMPLES - len(strangers)]
                found = self._kept(found, [p.split != NONE for p in found], "SPLIT_NONE", _NO_SPLIT)
            if self.opened:
                found = self._opened(found)
            yield found
        if self._unreadable and not self._read:
            raise SourceError(
                f"Source '{self.ctx.source.name}': not one of {self._unreadable:,} images can be read; "
                f"the first is {self._first_unreadable}.",
                hint="Look at `media` of the source, and at the column of `path` of its record 'image'.",
            )
        if isinstance(self._splitter, ByFile):
            by_id = self._splitter.column == "image_id"
            for finding in self._splitter.findings([p.uid if by_id else p.path for p in strangers]):
                self.ctx.report.add(finding)

    def leave_out(
        self,
        pictures: Sequence[Picture],
        code: str,
        message: str,
        *,
        level: Level = "warning",
        example: Callable[[Picture], str] = _uid,
    ) -> None:
        """Account for images that were read, and are not written after all.

        :param example: how one is shown.
        """
        self.left.update(p.number for p in pictures)
        self.by_split -= Counter(p.split for p in pictures)
        leave_out(self.ctx, self.table, code, message, list(map(example, pictures)), level=level)

    def split(self, image_id: str, path: str, stored: str) -> str:
        """The split of an image, from its cells."""
        return stored or NONE if self._splitter is None else self._splitter.split(image_id, path)

    def _picture(self, row: tuple[str, ...], name: str) -> Picture:
        number, uid, path, width, height, orientation, captured, _, stored = row
        turned = int(orientation) if orientation in _ORIENTATIONS else 1
        wide, high = side_of(width), side_of(height)
        if turned >= 5 and getattr(self.ctx.options, "frame", None) == "stored":
            wide, high = high, wide
        return Picture(int(number), uid, path, name, wide, high, turned, captured, self.split(uid, path, stored))

    def _named(self, rows: Sequence[tuple[str, ...]]) -> Sequence[str]:
        """The names of images in the artifact, from their cells."""
        names = self.naming.together([path for _, _, path, *_ in rows])
        twice, _ = self._hashes
        if not twice:
            return names
        return [self._apart(name, number) for name, (number, *_) in zip(names, rows, strict=True)]

    def _apart(self, name: str, number: str) -> str:
        """A name that no other image has."""
        if not self._shared(name):
            return name
        suffix = f"-{number}"
        while self._taken(suffixed(name, suffix)):
            suffix = f"-{suffix}"
        return suffixed(name, suffix)

    def _kept(self, pictures: list[Picture], keep: list[bool], code: str, message: str) -> list[Picture]:
        lost = [p for p, kept in zip(pictures, keep, strict=True) if not kept]
        if lost:
            self.leave_out(lost, code, message)
        return [p for p, kept in zip(pictures, keep, strict=True) if kept]

    def _opened(self, pictures: list[Picture]) -> list[Picture]:
        """Those whose files can be read; where a file has another size than the database says, that is told."""
        readable: list[Picture] = []
        lost: list[Picture] = []
        differing: list[str] = []
        sideways: list[str] = []
        sized = self.ctx.checked and hasattr(self.ctx.options, "frame")  # of others no shapes are written
        for picture in pictures:
            try:
                found = opened(self.ctx.source, picture.path, sized=sized)
            except (OSError, SourceError):
                lost.append(picture)
                continue
            readable.append(picture)
            size = (picture.width, picture.height)
            if found is not None and None not in size and size != self._framed(found):
                turned = size == self._framed(found)[::-1] and found.turned
                words = f"{picture.uid}: {size[0]} x {size[1]}, the file {found.width} x {found.height}"
                (sideways if turned else differing).append(words)
        for code, message, examples in (("IMAGE_SIZE_DIFFERS", _DIFFERS, differing), ("IMAGE_TURNED", _TURNED, sideways)):
            if examples:
                finding = Finding("warning", code, message, len(examples), examples[:EXAMPLES], "image", action="kept")
                self.ctx.report.add(finding)
        self._read += len(readable)
        self._unreadable += len(lost)
        if lost:
            self._first_unreadable = self._first_unreadable or self._tried(lost[0])
            self.leave_out(lost, "IMAGE_UNREADABLE", _UNREADABLE, example=self._tried)
        return readable

    def _framed(self, found: FileSize) -> tuple[int, int]:
        """Width and height of a file in the frame that the artifact is in."""
        return found.stored if self.ctx.options.frame == "stored" else found.seen

    def _tried(self, picture: Picture) -> str:
        """An image that could not be read, with the path that was tried."""
        try:
            path = self.ctx.source.media_path(picture.path)
        except SourceError:
            path = None
        return f"{picture.uid} ({path or picture.path})"

    # --- names that several images share

    def _shared(self, name: str) -> bool:
        twice, _ = self._hashes
        return hash(self.naming.shared(name)) in twice

    def _taken(self, name: str) -> bool:
        _, known = self._hashes
        wanted = hash(self.naming.shared(name))
        at = int(np.searchsorted(known, wanted))
        return at < len(known) and int(known[at]) == wanted

    @cached_property
    def _hashes(self) -> tuple[frozenset[int], Any]:
        """Hashes of names that several images of the project would have or that are folders of others; of all names and folders."""
        found: list[Any] = []
        folders: set[str] = set()
        for batch in self.ctx.reader.aside().texts(self.names):
            names = self.naming.together([path for (path,) in batch])
            folders.update(map(folded, {name.rpartition("/")[0] for name in names}))
            found.append(np.fromiter(map(hash, self.naming.all_shared(names)), np.int64, len(names)))
        known, counts = np.unique(np.concatenate(found or [np.empty(0, np.int64)]), return_counts=True)
        above = {folder[:i] for folder in folders for i, c in enumerate(folder + "/") if c == "/"}
        folds = np.fromiter(map(hash, above - {""}), np.int64)
        shared = [*known[counts > 1].tolist(), *np.intersect1d(folds, known).tolist()]
        return frozenset(shared), np.union1d(known, folds)


def picture_part(ctx: ExportContext, picture: Picture, name: str, *, link: Link = "copy") -> Part:
    """The file of an image, as it is: it is compressed already."""
    path = ctx.source.media_path(picture.path)
    if path is not None:
        return Part(name, path=path, rows=0, stored=True, link=link, ahead=True)
    return Part(name, _chunks(ctx.source.open_media(picture.path)), rows=0, stored=True, link=link)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


@lru_cache(1024)
def side_of(text: str) -> int | None:
    """Width or height in pixels, from a cell; None where it is none, or that of no image."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS and 0 < int(text) <= _LARGEST else None


_NO_SPLIT = "The file of splits does not name the image, or puts it into none; it was left out."
_DIFFERS = "The file of the image has another size than the database says, so shapes lie elsewhere than they should."
_TURNED = (
    "The file of the image is turned by its EXIF orientation, and the database has its width and height before that; map what "
    "people see, or shapes may lie elsewhere than they should."
)
_UNREADABLE = "The file of the image is missing, empty or cannot be read; the image was left out."
