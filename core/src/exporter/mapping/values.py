"""Whether what stands in a column can be what its name says, and the SQL that takes it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence

import attrs

from exporter.mapping.known import Check, Known, Study
from exporter.mapping.look import CUT, Column, Database, Table, Values
from exporter.records import Field

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)?)?")
_YES = ("true", "t", "yes", "y", "1")
_YES_AND_NO = {**dict.fromkeys(_YES, True), **dict.fromkeys(("false", "f", "no", "n", "0"), False)}
_NAMED = 3  # values that do not fit, in a comment


def doubt(known: Known, field: Field, column: Column, values: Values, *, named: bool) -> str:
    """Why a column cannot be taken for a field, in a few words; empty where it can.

    :param named: whether the column is named as the field or its term.
    """
    if column.kind == "other" or (column.kind == "json" and field.name not in known.json_fields):
        return "binary, structured or of an unknown type"
    special = known.checks.get(field.name)
    for check in (_TYPED.get(field.type), special, None if named else known.synonym_checks.get(field.name)):
        reason = check(column, values.texts) if check else ""
        if reason:
            return reason
    return _out_of_range(known, field, values.texts)


def _example(texts: tuple[str, ...], fits: Callable[[str], object]) -> str:
    odd = next((t for t in texts if not fits(t)), "")
    return odd if len(odd) <= 30 else odd[:30] + "..."


def _numbers(column: Column, texts: tuple[str, ...]) -> str:
    if column.kind in ("boolean", "moment", "clock"):
        return "no number"
    odd = [t for t in texts if not is_number(t)]
    return "" if few(odd, texts) else _odd_number(texts)


def _odd_number(texts: tuple[str, ...]) -> str:
    odd = _example(texts, is_number)
    return f"not all are numbers: {odd!r}" if odd else ""


def _integers(column: Column, texts: tuple[str, ...]) -> str:
    reason = _numbers(column, texts)
    odd = "" if reason else _example(texts, lambda t: not is_number(t) or float(t).is_integer())
    return reason or (f"not all are whole numbers: {odd!r}" if odd else "")


def moments(column: Column, texts: tuple[str, ...]) -> str:
    """A check: dates, or dates with times."""
    if column.kind in ("boolean", "clock") or (column.kind in ("integer", "number") and not texts):
        return "no date"
    odd = [t for t in texts if not is_moment(t)]
    return "" if few(odd, texts) else _odd_moment(texts)


def _odd_moment(texts: tuple[str, ...]) -> str:
    odd = _example(texts, is_moment)
    return f"not all are dates as ISO 8601 writes them: {odd!r}" if odd else ""


def oddity(known: Known, field: Field, texts: tuple[str, ...], *, named: bool) -> str:
    """What to say of the few values that are no dates or numbers, or beyond what is possible; they are written as they stand.

    :param named: whether the column is named as the field or its term.
    """
    special = known.checks.get(field.name)
    if isinstance(special, Majority):
        return special.look(texts)
    checks = (_TYPED.get(field.type), None if named else known.synonym_checks.get(field.name))
    if moments in checks:
        return _odd_moment(texts)
    return (_odd_number(texts) if _numbers in checks or _integers in checks else "") or _beyond(known, field, texts)


def few(odd: Sequence[object], of: Sequence[object]) -> bool:
    """Whether what does not fit is an exception: one in ten, or a single one among three."""
    return len(odd) <= len(of) / 10 or (len(odd) == 1 and len(of) >= 3)


def is_number(text: str) -> bool:
    """Whether a text is a number, written plainly."""
    return _NUMBER.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """Whether a text is a day, or a day with a time, as ISO 8601 and databases write them."""
    if not _MOMENT.fullmatch(text.strip()):
        return False
    try:
        dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        return False
    return True


def booleans(column: Column, texts: tuple[str, ...]) -> str:
    """A check: yes or no, in the words of databases."""
    odd = _example(texts, lambda t: t.lower() in _YES_AND_NO)
    return f"not all are true or false: {odd!r}" if odd or column.kind in ("moment", "clock") else ""


_TYPED: Mapping[type, Check] = {float: _numbers, int: _integers, bool: booleans, dt.datetime: moments, dt.date: moments}


# --- checks to make a family's own from


def every(fits: Callable[[str], object], otherwise: str) -> Check:
    """A check that every text fits, or else this is wrong."""

    def check(_: Column, texts: tuple[str, ...]) -> str:
        odd = _example(texts, fits)
        return f"{otherwise}: {odd!r}" if odd else ""

    return check


def most(fits: Callable[[str], object], otherwise: str) -> Check:
    """A check that all texts but a few fit."""

    def check(_: Column, texts: tuple[str, ...]) -> str:
        odd = [t for t in texts if not fits(t)]
        return "" if few(odd, texts) else f"{otherwise}: {odd[0][:30]!r}"

    return check


@attrs.frozen
class Majority:
    """A check that more than half of the texts fit. What the others are is said in a comment beside the column, which is taken.

    :param otherwise: what is wrong with a column that fails.
    :param none: what a text is not that does not fit: "no unit".
    """

    fits: Callable[[str], object]
    otherwise: str
    none: str

    def __call__(self, column: Column, texts: tuple[str, ...]) -> str:
        """Why the column is refused; empty where it is taken."""
        odd = [t for t in texts if not self.fits(t)]
        return f"{self.otherwise}: {_example(texts, self.fits)!r}" if len(odd) * 2 >= max(len(texts), 1) else ""

    def look(self, texts: tuple[str, ...]) -> str:
        """What to say of the texts that do not fit, each once."""
        odd = list(dict.fromkeys(t for t in texts if not self.fits(t)))
        named = ", ".join(repr(_example((t,), self.fits)) for t in odd[:_NAMED])
        more = f" and {len(odd) - _NAMED} more" if len(odd) > _NAMED else ""
        return f"look: {named}{more} {'is' if len(odd) == 1 else 'are'} {self.none}" if odd else ""


def is_word(text: str) -> bool:
    """Whether a text is more than a number."""
    return not is_number(text)


def is_name(text: str) -> bool:
    """Whether a text may name somebody or something, and is no address to write to."""
    return is_word(text) and "@" not in text


def is_object(text: str) -> bool:
    """Whether a text is a JSON object. One that was cut off is believed."""
    try:
        return len(text) >= CUT or isinstance(json.loads(text), dict)
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether a text is an address that others can open."""
    return re.match(r"https?://[^\s/]+", text) is not None


def is_media_type(text: str) -> bool:
    """Whether a text is a media type such as image/jpeg."""
    return re.fullmatch(r"(image|video|audio|application)/[\w.+-]+", text) is not None


def _out_of_range(known: Known, field: Field, texts: tuple[str, ...]) -> str:
    off = known.out_of_scale(field, texts)
    if off or field.name not in known.ranges or few(_outside(known, field, texts), texts):
        return off
    return _beyond(known, field, texts)


def _outside(known: Known, field: Field, texts: tuple[str, ...]) -> list[str]:
    low, high = known.ranges[field.name]
    return [t for t in texts if is_number(t) and not low <= float(t) <= high]


def _beyond(known: Known, field: Field, texts: tuple[str, ...]) -> str:
    odd = _outside(known, field, texts) if field.name in known.ranges else []
    return "not all between {:g} and {:g}: {:g}".format(*known.ranges[field.name], float(odd[0])) if odd else ""


# --- SQL


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def taken(study: Study, table: Table, column: Column, field: Field, name: str) -> str:
    """The SQL of a column for a field: its name, or an expression where its type is not what the field wants.

    :param name: what the column is called where the SQL stands.
    """
    db = study.db
    quoted = db.quote(name)
    texts = db.values(table, column.name).texts
    if field.type in (float, int) and column.kind == "text":
        return number(db, quoted)
    if field.type is bool and (sql := yes(db, table, column, name)) != quoted:
        return sql
    if column.kind == "json" and db.dialect == "postgresql":
        return f"cast({quoted} as text)"
    return study.known.sql(field, texts, quoted) or reference(db, name)


def number(db: Database, quoted: str) -> str:
    """The number that a text holds."""
    return f"cast(nullif({quoted}, '') as {'double' if db.dialect == 'mysql' else 'numeric'})"


def yes(db: Database, table: Table, column: Column, name: str) -> str:
    """That a column of whatever type says yes.

    :param name: what the column is called where the SQL stands.
    """
    quoted = db.quote(name)
    if column.kind == "text":
        words = sorted({t for t in db.values(table, column.name).texts if _YES_AND_NO[t.lower()]}) or ["true"]
        return f"{quoted} in ({', '.join(repr(w) for w in words)})"
    if column.kind != "boolean" and db.dialect == "postgresql":
        return f"{quoted} <> 0"
    return quoted


def joined(db: Database, *parts: str) -> str:
    """Texts, or what becomes one, put together."""
    return f"concat({', '.join(parts)})" if db.dialect == "mysql" else " || ".join(parts)


def reference(db: Database, name: str) -> str:
    """A column by its plain name, as exporter.toml takes it; quoted as SQL wants it where it could be read as an expression."""
    odd = re.search(r"[^\w ]|\s(?:as|is|and|or|collate)\s|^\s|\s$|  ", name, re.IGNORECASE)
    return db.quote(name) if odd else name


def or_null(db: Database, table: Table, column: str, name: str) -> str:
    """A column that refers to something; a blank one refers to nothing.

    :param name: what the column is called where the SQL stands.
    """
    return f"nullif({db.quote(name)}, '')" if db.values(table, column).blank else reference(db, name)
