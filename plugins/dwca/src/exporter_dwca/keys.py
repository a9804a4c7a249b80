"""Columns that identify rows, or refer to others: what is noted of them in a first look, and who gets a second one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

import attrs

from exporter.report import EXAMPLES, Finding
from exporter_dwca.flags.of_archives import found
from exporter_dwca.identifiers import Identifiers, missing, repeated
from exporter_dwca.scan import Batch

# what GBIF's reader takes for nothing, blanks around it or not (gbif/dwca-io: CleanUtils)
_NOTHING = frozenset({"", "\\N", "\\n", *map("".join, product("nN", "uU", "lL", "lL"))})
_SHOWN = 60  # characters of a value in an example


def quoted(value: str) -> str:
    """A value as examples show it: on one line, and not all of a long one."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in value[:_SHOWN])
    return f'"{shown}{"..." if len(value) > _SHOWN else ""}"'


@attrs.define
class Tally:
    """Rows of one file that have something wrong, counted."""

    code: str
    part: str
    count: int = 0
    examples: list[str] = attrs.field(factory=list)

    def add(self, line: int, value: str = "") -> None:
        """Count a row."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{self.part}:{line} {quoted(value)}" if value else f"{self.part}:{line}")

    def findings(self) -> Iterator[Finding]:
        """The finding, where there is one."""
        if self.count:
            yield found(self.code, count=self.count, examples=self.examples, part=self.part)


@attrs.define
class Key:
    """A column of one file.

    :param index: of the column; None where every row has the default.
    :param default: what stands for an empty cell.
    :param empty: counts the rows without a value; None where they need none.
    :param identifies: whether its values are to be unique; then they are noted without regard to case, too.
    :param rows: again the rows of its file, for a second look.
    :param without: rows without a value.
    """

    index: int | None
    default: str
    rows: Callable[[], Iterator[Batch]]
    empty: Tally | None = None
    identifies: bool = False
    ids: Identifiers = attrs.field(factory=Identifiers, init=False)
    folded: Identifiers = attrs.field(factory=Identifiers, init=False)
    without: int = attrs.field(default=0, init=False)

    def values(self, batch: Batch) -> Sequence[str]:
        """The cell of each row, or what stands for it; empty where there is nothing."""
        width = (self.index or 0) + 1
        cells = batch.columns(width)[self.index] if self.index is not None else ("",) * len(batch.rows)
        if _NOTHING.isdisjoint(map(str.strip, cells)):
            return cells
        return [self.default if cell.strip() in _NOTHING else cell for cell in cells]

    def look(self, batch: Batch, known: set[int]) -> None:
        """Note the values of some rows.

        :param known: bits of values that need not be noted, since what they refer to is there.
        """
        values = self.values(batch)
        if "" in values:
            values = self._filled(values, batch)
        if not (known and known.issuperset(map(hash, values))):
            self.ids.add(values)
        if self.identifies:
            self.folded.add(list(map(str.casefold, values)))

    def _filled(self, values: Sequence[str], batch: Batch) -> Sequence[str]:
        kept = [value for value in values if value]
        self.without += len(values) - len(kept)
        if self.empty is not None:
            for number, value in zip(batch.numbers, values, strict=True):
                if not value:
                    self.empty.add(number)
        return kept

    def suspicious(self, bits: set[int], *, folded: bool = False) -> Iterator[tuple[int, str]]:
        """Line and value of each row whose value has one of these bits."""
        for batch in self.rows():
            values = self.values(batch)
            compared = map(str.casefold, values) if folded else values
            yield from ((n, v) for n, v, c in zip(batch.numbers, values, compared, strict=True) if v and hash(c) in bits)


def count_repeated(keys: Sequence[Key], twice: Sequence[Tally], alike: Sequence[Tally]) -> None:
    """Count the rows whose value another row before them has, in files that belong together.

    :param twice: one for each file, for values that are the same.
    :param alike: one for each file, for values that differ in case only.
    """
    counts, bits, complete = repeated([key.folded for key in keys])
    if not bits:
        return
    exact = repeated([key.ids for key in keys])[0]
    seen: set[str] = set()
    spelt: set[str] = set()
    for key, same, similar, count, known in zip(keys, twice, alike, counts, exact, strict=True):
        for number, value in key.suspicious(bits, folded=True):
            if value in seen:
                same.add(number, value)
            elif value.casefold() in spelt:
                similar.add(number, value)
            seen.add(value)
            spelt.add(value.casefold())
        if not complete:  # too many to compare each: whether two of them share only their bits makes no difference
            same.count, similar.count = known, count - known


def count_orphans(key: Key, parents: Sequence[Key], tally: Tally) -> None:
    """Count the rows whose value none of some other columns has."""
    count, bits = missing(key.ids, [parent.ids for parent in parents])
    for number, value in islice(key.suspicious(bits), EXAMPLES) if bits else ():
        tally.add(number, value)
    tally.count = count
