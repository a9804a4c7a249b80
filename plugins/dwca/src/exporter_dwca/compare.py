"""What changed since an archive that was made before: `--compare`, `--fail-on` and `--changes`.

Identifiers that change from one archive to the next are what publishers complain of: who cites an occurrence can no longer find it,
and GBIF takes it for another one.
"""

from __future__ import annotations

import contextlib
import re
from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from exporter.errors import InputError
from exporter.report import EXAMPLES, Finding
from exporter.store import report_path
from exporter_dwca.changelist import ChangeList, refuse_place
from exporter_dwca.differences import WHATS, Change, What, differences, order
from exporter_dwca.flags import Flag
from exporter_dwca.flags.of_changes import COLUMNS, IDS, IMPOSSIBLE, NAMELESS, NOTHING, REPLACED, ROWS
from exporter_dwca.versions import EVENT_ID, Comparison, Incomparable, Seen, Version, local, opened

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter_dwca.format import Options

_THIS = "this archive"
_MOST_COLUMNS = 20  # that a message names
_SURROGATES = re.compile("[\ud800-\udfff]")


def refuse_unusable(options: Options) -> None:
    """Refuse options that no comparison can follow, before anything is read.

    :raises InputError: when there is nothing to compare with, or it is no archive with occurrences; when the list of changes
        cannot be written.
    """
    if options.compare is None:
        for name in ("fail_on", "changes"):
            if getattr(options, name):
                message = f"The option '{name}' is about changes, and there is no archive to compare with."
                raise InputError(message, hint="Name the archive that was made before: --compare PREVIOUS.zip")
        return
    if not options.compare.exists():
        raise InputError(f"There is no archive {shown(options.compare)} to compare with.")
    with _previous_at_fault(), opened(options.compare, shown(options.compare)):
        pass
    if options.changes is not None:
        refuse_place(options.changes, options.compare)


def prepare(ctx: ExportContext) -> None:
    """Look at what only a run knows: the output may be the archive to compare with, which is then replaced, but not the list.

    :raises InputError: when the list of changes would be the output.
    """
    options: Options = ctx.options
    if ctx.output is None or options.compare is None:
        return
    if options.changes is not None:
        refuse_place(options.changes, ctx.output)
        refuse_place(options.changes, report_path(ctx.output))
    if ctx.output.exists() and ctx.output.samefile(options.compare):
        ctx.report.add(_finding(REPLACED, old=shown(options.compare)))


def compare(file: Path, options: Options) -> Iterator[Finding]:
    """What changed since the archive that the options name; without one, nothing.

    :param file: a zip or a folder.
    :raises InputError: when the previous archive cannot be compared with.
    """
    refuse_unusable(options)
    if options.compare is None:
        return
    if file.samefile(options.compare):
        raise InputError(f"{shown(file)} is compared with itself.", hint="Name the archive that was made before.")
    try:
        with opened(file, _THIS) as new, _previous_at_fault(), opened(options.compare, shown(options.compare)) as old:
            yield from _findings(old, new, options)
    except Incomparable as error:
        yield _finding(IMPOSSIBLE, why=shown(str(error)), old=shown(options.compare))


@contextlib.contextmanager
def _previous_at_fault() -> Iterator[None]:
    try:
        yield
    except Incomparable as error:
        if error.title == _THIS:
            raise
        hint = "Compare with a Darwin Core Archive that has occurrences with identifiers."
        raise InputError(f"{shown(str(error))}; nothing can be compared with it.", hint=hint) from None


def shown(name: Path | str) -> str:
    """A name or a cell that holds bytes which are no UTF-8: JSON cannot."""
    return _SURROGATES.sub("\ufffd", str(name))


def _findings(old: Version, new: Version, options: Options) -> Iterator[Finding]:
    """What changed, by kind of row; or that nothing did."""
    found: list[Finding] = []
    counts = []
    changed = False
    with ChangeList.writing(options.changes) as changes:
        for row_type in dict.fromkeys((*new.files, *old.files)):
            kind = _OfKind(old, new, Comparison.of(row_type, old, new), options.fail_on)
            kind.compare(changes)
            found += kind.findings()
            counts.append(_count(kind.seen[1].rows, kind.rows))
            changed = changed or any(tally.count for tally in kind.tallies.values())
    yield from found
    if not changed:
        words = " and ".join(", ".join(counts).rsplit(", ", 1))
        yield _finding(NOTHING, what="Nothing else" if found else "Nothing", old=old.title, counts=words)


def _finding(flag: Flag, **words: str) -> Finding:
    message = flag.message.format(**words)
    return Finding(flag.level, flag.code, f"{message[0].upper()}{message[1:]}.")


def _count(count: int, rows: Comparison) -> str:
    return f"{count:,} {rows.kind.one if count == 1 else rows.kind.many}"


@attrs.define
class _Tally:
    """How many changes of one sort there are, in which columns, and the first of them."""

    count: int = 0
    columns: Counter[int] = attrs.field(factory=Counter)
    first: list[Change] = attrs.field(factory=list)

    def add(self, change: Change) -> None:
        self.count += 1
        for column in change.columns:
            self.columns[column] += 1
        if len(self.first) < EXAMPLES or change.row < self.first[-1].row:
            insort(self.first, change, key=order)
            del self.first[EXAMPLES:]


@attrs.frozen
class _OfKind:
    """What changed in the rows of one type.

    :param rows: how they are compared.
    :param seen: what was met in the old archive, and in the new one.
    """

    old: Version
    new: Version
    rows: Comparison
    fail_on: Sequence[str]
    seen: tuple[Seen, Seen] = attrs.field(factory=lambda: (Seen(), Seen()), init=False)
    tallies: dict[What, _Tally] = attrs.field(factory=lambda: {what: _Tally() for what in WHATS}, init=False)

    def compare(self, changes: ChangeList) -> None:
        """Look at all rows of both."""
        before = partial(self.rows.read, self.old, self.seen[0])
        after = partial(self.rows.read, self.new, self.seen[1])
        with changes.of_one_kind(self._line) as listed:
            for found in differences(before, after, identified=self.rows.kind.identified):
                for change in found:
                    self.tallies[change.what].add(change)
                listed(found)

    def findings(self) -> Iterator[Finding]:
        """What is to be said of them."""
        yield from self._of_columns()
        yield from self._of_nameless()
        for what, tally in self.tallies.items():
            if tally.count:
                yield self._of_changes(what, tally)

    def _of_changes(self, what: What, tally: _Tally) -> Finding:
        flag = IDS[what] if self.rows.kind.identified else ROWS[what]
        columns = [f"{self._column(n)} {count:,}" for n, count in sorted(tally.columns.items(), key=lambda c: (-c[1], c[0]))]
        words = {"words": _count(tally.count, self.rows), "old": self.old.title, "columns": _few(columns)}
        found = self._finding(flag, tally.count, [self._example(change) for change in tally.first], **words)
        return attrs.evolve(found, level="error") if self.rows.kind.identified and what in self.fail_on else found

    def _of_columns(self) -> Iterator[Finding]:
        """The columns that one archive lacks, where both have such rows."""
        old, new = (version.terms(self.rows.row_type) for version in (self.old, self.new))
        if not old or not new:
            return
        gone, added = ([local(t) for t in have if t not in lack] for have, lack in ((old, new), (new, old)))
        if gone or added:
            sides = [(_THIS, added), (self.old.title, gone)]
            only = " and ".join(f"{title} alone has {_few(columns)}" for title, columns in sides if columns)
            yield self._finding(COLUMNS, len(gone) + len(added), [*added, *gone], only=only)

    def _of_nameless(self) -> Iterator[Finding]:
        count = sum(seen.nameless for seen in self.seen)
        if count:
            sides = zip(self.seen, (self.old.title, _THIS), strict=True)
            each = " and ".join(f"{seen.nameless:,} of {title}" for seen, title in sides if seen.nameless)
            yield self._finding(NAMELESS, count, each=each)

    def _finding(self, flag: Flag, count: int, examples: Sequence[str] = (), **words: str) -> Finding:
        kind = self.rows.kind
        found = _finding(flag, many=kind.many, id=local(self.rows.own), **words)
        record = kind.record or local(self.rows.row_type)
        return attrs.evolve(found, count=count, examples=[shown(e) for e in examples], record=record, part=self._file())

    def _file(self, what: What = "added") -> str:
        """The data file that has the row: the old one for what is gone."""
        versions = (self.old, self.new) if what == "gone" else (self.new, self.old)
        return next(file.name for version in versions for file in version.files.get(self.rows.row_type, ()))

    def _column(self, number: int) -> str:
        return local(self.rows.columns[number - 1])

    def _example(self, change: Change) -> str:
        id, of = self.rows.named(change.key)
        name = " of ".join(filter(None, (id, of)))
        if change.what == "moved":
            return f"{name}: {' -> '.join(event or 'none' for event in change.events)}"
        return f"{name}: {_few([self._column(n) for n in change.columns])}" if change.columns else name

    def _line(self, change: Change) -> list[str]:
        columns = " ".join(self._column(n) for n in change.columns) if change.what != "moved" else local(EVENT_ID)
        return [self._file(change.what), *self.rows.named(change.key), change.what, columns, *change.events]


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_COLUMNS:,} more" if len(names) > _MOST_COLUMNS else ""
    return ", ".join(names[:_MOST_COLUMNS]) + more
