"""The list of sensitive taxa: a CSV file with the columns `taxon` and `precision`.

    taxon,precision
    Lutra lutra,1
    Falco peregrinus,withhold

Precision is the number of decimals that coordinates keep, 0 to 3, or the word `withhold`. Chapman (2020, Current Best Practices for
Generalizing Sensitive Species Occurrence Data, 4.2) rounds to 1, 0.1, 0.01 and 0.001 degrees: 0.1, 0.01 and 0.001 are read, too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from exporter.errors import InputError

WITHHOLD = -1
_COLUMNS = ("taxon", "precision")
_PRECISIONS = {"0": 0, "1": 1, "2": 2, "3": 3, "0.1": 1, "0.01": 2, "0.001": 3, "withhold": WITHHOLD}
_HINT = "A line is a taxon and the decimals that its coordinates keep (0, 1, 2 or 3) or withhold: Lutra lutra,1"
_MARKS = frozenset({"cf", "aff", "subsp", "ssp", "var", "f", "fo", "forma", "x", "×", "?"})
_OF_AUTHORS = frozenset(
    {"de", "da", "do", "dos", "du", "van", "von", "den", "der", "la", "le", "ex", "et", "in", "and", "non", "auct"}
)
_EPITHET = re.compile(r"[^\W\d_]+(-[^\W\d_]+)*")


@attrs.frozen
class Sensitive:
    """A line of the list.

    :param taxon: a scientific name or a taxonID, as it was written.
    :param digits: decimals that coordinates keep, or `WITHHOLD`. The smaller, the stricter.
    """

    taxon: str
    digits: int
    line: int

    @property
    def names(self) -> frozenset[str]:
        """What it is known by in lower case: the words as they are, and the name without its author."""
        return frozenset({plain(self.taxon), bare(self.taxon)})


@attrs.frozen(eq=False)
class SensitiveTaxa:
    """The list in one run.

    :param used: what was made of it once the rows were known: nothing yet, or one thing.
    """

    rules: tuple[Sensitive, ...]
    used: list[Any] = attrs.field(factory=list)


def plain(text: str) -> str:
    """A text without case and surplus blanks."""
    return " ".join(text.replace("_", " ").casefold().split())


def bare(name: str) -> str:
    """A scientific name in lower case, without its author, its subgenus, and marks of rank, doubt or hybrids."""
    words = name.replace("_", " ").replace("×", " × ").split()
    words = [w for w in words if w.casefold().strip(".") not in _MARKS]
    found = [w.casefold() for w in words[:1]]
    rest = words[1:]
    if len(rest) > 1 and rest[0].startswith("(") and rest[0].endswith(")") and rest[1][:1].islower():
        rest = rest[1:]
    for word in rest:
        if not word[:1].islower() or not _EPITHET.fullmatch(word) or word in _OF_AUTHORS:
            break
        found.append(word.casefold())
    return " ".join(found)


def covering(name: str) -> list[str]:
    """What a rule that covers a name may be called: the name, its species, its genus; and the text as it is."""
    words = bare(name).split()
    return [plain(name), *(" ".join(words[:n]) for n in range(1, len(words) + 1))]


def read_sensitive(path: Path) -> tuple[Sensitive, ...]:
    """The lines of a list.

    :raises InputError: for a file that is not there, is no UTF-8, lacks a column, or holds no line or one that cannot be used.
    """
    rows = _rows(path, _text(path))
    number, header = next(rows, (1, []))
    at = _header(path, number, [plain(cell) for cell in header])
    found: dict[str, Sensitive] = {}
    for number, cells in rows:
        each = _line(path, number, cells, at, len(header))
        for name in each.names:
            known = found.setdefault(name, each)
            if known.digits != each.digits:
                raise InputError(
                    f"{path}, line {number}: '{each.taxon}' has another precision than in line {known.line}.",
                    hint="Keep one of the two lines.",
                )
    if not found:
        raise InputError(f"{path} names no taxon, so that nothing would be protected.", hint=_HINT)
    return tuple(dict.fromkeys(found.values()))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"The list of sensitive taxa {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: the file is not UTF-8.", hint="Save it as CSV UTF-8.") from None


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, with their numbers. The first one tells what parts the cells."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [cell.replace("\xa0", " ").strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: this is no CSV: {error}.", hint=_HINT) from None


def _header(path: Path, line: int, header: Sequence[str]) -> tuple[int, int]:
    if not header:
        raise InputError(f"{path} is empty, so that nothing would be protected.", hint=_HINT)
    for name in _COLUMNS:
        if header.count(name) != 1:
            raise InputError(
                f"{path}, line {line}: the first line names {', '.join(header)}; it needs one column '{name}'.",
                hint="The first line is: taxon,precision",
            )
    return header.index("taxon"), header.index("precision")


def _line(path: Path, line: int, cells: Sequence[str], at: tuple[int, int], width: int) -> Sensitive:
    if len(cells) > width or len(cells) <= max(at):
        message = f"{path}, line {line}: there are {len(cells)} cells, and {width} columns."
        raise InputError(message, hint='A name with a comma stands in quotes: "Lutra lutra (Linnaeus, 1758)",1')
    taxon, precision = (cells[i] for i in at)
    if not taxon:
        raise InputError(f"{path}, line {line}: there is no taxon.", hint=_HINT)
    if "\0" in taxon:
        raise InputError(f"{path}, line {line}: the taxon holds a NUL character.", hint=_HINT)
    if precision.casefold() not in _PRECISIONS:
        raise InputError(f"{path}, line {line}: '{precision}' is no precision.", hint=_HINT)
    return Sensitive(taxon, _PRECISIONS[precision.casefold()], line)
