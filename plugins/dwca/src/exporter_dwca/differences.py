"""What differs between two versions of a table, whatever the order of their rows, in flat memory.

Both versions are read side by side. Of each row, 64 bits of its key and 64 of its cells are looked at: what a key has in one
version less what it has in the other is zero where nothing changed. Rows whose keys are left are read a second time and compared
letter by letter. Where the versions are in the same order, little is left at any moment; else it lies in a scratch file.
"""

from __future__ import annotations

import heapq
import marshal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

import attrs

from exporter_dwca.partitions import PARTITIONS, Partitions

What = Literal["added", "gone", "changed", "moved", "repeated"]
WHATS: tuple[What, ...] = get_args(What)
Key = Any  # a text, or a tuple of texts
Cells = tuple[str, ...]

_PENDING = 1 << 17  # keys that wait in memory for the other version: some 20 MB
_MOST = 1 << 17  # keys to look at again one by one; are they more, every row is
_BITS = (1 << 64) - 1


class Rows(NamedTuple):
    """Some rows of a version.

    :param first: the number of the first of them in that version.
    :param cells: the event in which each was found, then what else is compared; made when somebody asks.
    """

    first: int
    keys: Sequence[Key]
    cells: Callable[[], Sequence[Cells]]


class Change(NamedTuple):
    """What became of a row.

    :param row: its number in the new version; of what is gone, in the old one.
    :param columns: which cells changed, counted from 1; the event is cell 0.
    :param events: the event before and after; blank but for what moved.
    """

    what: What
    row: int
    key: Key
    columns: tuple[int, ...] = ()
    events: tuple[str, str] = ("", "")


Reading = Callable[[], Iterable[Rows]]  # of a version, from its beginning


def differences(old: Reading, new: Reading, *, identified: bool) -> Iterator[list[Change]]:
    """The changes from one version to the other, in some lists; in each by kind as `What` has them, then by row.

    A row whose event alone is another has moved; it has changed, too, where more is another.

    :param identified: whether a key should be there once. One that is in both versions, and in either of them more than once with
        something different, is `repeated`: nobody can say which row became which. Else rows of one key are told as added and gone,
        but where just one of each is left, which has changed.
    """
    suspects = _suspects(old(), new())
    if suspects is not None and not suspects:
        return
    before, after = _kept(old(), suspects), _kept(new(), suspects)
    for number in range(PARTITIONS):
        one, other = (_by_key(kept.partition(number), identified) for kept in (before, after))
        if found := sorted(_judged(one, other, identified), key=order):
            yield found


def order(change: Change) -> tuple[int, int]:
    """What changes are sorted by."""
    return WHATS.index(change.what), change.row


# --- which keys to look at


def _suspects(old: Iterable[Rows], new: Iterable[Rows]) -> set[int] | None:
    """64 bits of each key whose rows differ; None where these are too many to be held."""
    signs = ((+1, rows) for rows in old), ((-1, rows) for rows in new)
    left = _Left()
    for sign, rows in heapq.merge(*signs, key=lambda signed: signed[1].first):
        left.add(sign, rows)
    return left.keys()


class _Left:
    """What one version has of each key, less what the other has: sums of the hashes of rows, which no order changes."""

    def __init__(self) -> None:
        self._pending: dict[int, int] = {}
        self._spilt: Partitions[tuple[int, int]] | None = None

    def add(self, sign: int, rows: Rows) -> None:
        """Count some rows of one version."""
        pending = self._pending
        before = pending.get
        for key, row in zip(map(hash, rows.keys), map(hash, zip(rows.keys, rows.cells(), strict=True)), strict=True):
            if left := before(key, 0) + sign * row:
                pending[key] = left
            else:
                pending.pop(key, None)
        if len(pending) > _PENDING:
            self._spill()

    def _spill(self) -> None:
        self._spilt = self._spilt or Partitions()
        for key, left in self._pending.items():
            self._spilt.add(key, (key, left & _BITS))
        self._pending = {}

    def keys(self) -> set[int] | None:
        """The keys of which something is left, or None for too many."""
        if self._spilt is None:
            return set(self._pending)
        self._spill()
        found: set[int] = set()
        for number in range(PARTITIONS):
            sums: dict[int, int] = {}
            for key, left in self._spilt.partition(number):
                sums[key] = sums.get(key, 0) + left
            found.update(key for key, left in sums.items() if left & _BITS)
            if len(found) > _MOST:
                return None
        return found


# --- a second look at their rows


def _kept(version: Iterable[Rows], suspects: set[int] | None) -> Partitions[tuple[int, Key, bytes]]:
    """The rows of some keys, or all: number, key, and cells as bytes, which are equal where the cells are."""
    kept: Partitions[tuple[int, Key, bytes]] = Partitions()
    for rows in version:
        hashes = list(map(hash, rows.keys))
        if suspects is not None and suspects.isdisjoint(hashes):
            continue
        for place, (bits, key, cells) in enumerate(zip(hashes, rows.keys, rows.cells(), strict=True), rows.first):
            if suspects is None or bits in suspects:
                packed = marshal.dumps(cells, 2)  # from version 3 on, equal texts would be written in two ways
                kept.add(bits, (place, key, packed), 2 * len(packed) + 200)
    return kept


Row = tuple[int, bytes]  # its number, its cells


@attrs.define
class _Found:
    """The rows of one key in one version.

    :param every: all of them, or only the first where keys should be there once.
    :param sum: of their hashes, which no order changes.
    """

    every: list[Row]
    count: int = 0
    sum: int = 0


def _by_key(rows: Iterable[tuple[int, Key, bytes]], identified: bool) -> dict[Key, _Found]:
    found: dict[Key, _Found] = {}
    for row, key, cells in rows:
        this = found.get(key) or found.setdefault(key, _Found([]))
        this.count += 1
        this.sum += hash(cells)
        if not (identified and this.every):
            this.every.append((row, cells))
    return found


def _judged(before: Mapping[Key, _Found], after: Mapping[Key, _Found], identified: bool) -> Iterator[Change]:
    judge, nothing = _of_identifier if identified else _of_rows, _Found([])
    for key in before.keys() | after.keys():
        old, new = before.get(key, nothing), after.get(key, nothing)
        if (old.count, old.sum) != (new.count, new.sum):
            yield from judge(key, old, new)


def _of_identifier(key: Key, old: _Found, new: _Found) -> Iterator[Change]:
    if not new.count:
        yield Change("gone", old.every[0][0], key)
    elif not old.count:
        yield Change("added", new.every[0][0], key)
    elif old.count == new.count == 1:
        yield from _changed(key, old.every[0], new.every[0])
    else:
        yield Change("repeated", new.every[0][0], key)


def _of_rows(key: Key, old: _Found, new: _Found) -> Iterator[Change]:
    gone, added = _without(old.every, new.every), _without(new.every, old.every)
    if len(gone) == len(added) == 1:
        yield from _changed(key, gone[0], added[0])
        return
    yield from (Change("gone", row, key) for row, _ in gone)
    yield from (Change("added", row, key) for row, _ in added)


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Those that have no equal among the others, each of which is the equal of one."""
    left = Counter(cells for _, cells in others)
    found = []
    for row in rows:
        if left[row[1]]:
            left[row[1]] -= 1
        else:
            found.append(row)
    return found


def _changed(key: Key, old: Row, new: Row) -> Iterator[Change]:
    before, after = marshal.loads(old[1]), marshal.loads(new[1])  # noqa: S302 - what _kept has written
    columns = tuple(n for n, (one, other) in enumerate(zip(before, after, strict=True)) if n and one != other)
    if before[0] != after[0]:
        yield Change("moved", new[0], key, events=(before[0], after[0]))
    if columns:
        yield Change("changed", new[0], key, columns)
