"""Whether what stands in a column can be what its name says, and the SQL that takes it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence

from exporter.mapping.biodiversity import GEOLOGICAL
from exporter.mapping.look import Column, Database, Table, Values
from exporter.records import Field

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)?)?")
_YES_AND_NO = {"true": True, "false": False, "t": True, "f": False, "1": True, "0": False}
_DCMI = {"StillImage", "MovingImage", "Sound", "Image", "Text", "PhysicalObject", "Event", "Dataset", "InteractiveResource"}
_RANGES = {
    "decimal_latitude": (-90.0, 90.0),
    "decimal_longitude": (-180.0, 180.0),
    "score": (0.0, 1.0),
    "coordinate_uncertainty_in_meters": (0.0, 20_037_509.0),
    "year": (1000.0, 2200.0),
    "month": (1.0, 12.0),
    "day": (1.0, 31.0),
    "individual_count": (0.0, 1e10),
}
_PIXELS = ("bbox_width", "bbox_height")


def doubt(field: Field, column: Column, values: Values, *, named: bool) -> str:
    """Why a column cannot be taken for a field, in a few words; empty where it can.

    :param named: whether the column is named as the field or its term.
    """
    if column.kind == "other":
        return "binary, structured or of an unknown type"
    for check in (_TYPED.get(field.type), _SPECIAL.get(field.name), None if named else _SYNONYMS.get(field.name)):
        reason = check(column, values.texts) if check else ""
        if reason:
            return reason
    return _out_of_range(field, values.texts)


def _example(texts: tuple[str, ...], fits: Callable[[str], object]) -> str:
    odd = next((t for t in texts if not fits(t)), "")
    return odd if len(odd) <= 30 else odd[:30] + "..."


def _numbers(column: Column, texts: tuple[str, ...]) -> str:
    if column.kind in ("boolean", "moment", "clock"):
        return "no number"
    odd = [t for t in texts if not is_number(t)]
    return "" if _few(odd, texts) else _odd_number(texts)


def _odd_number(texts: tuple[str, ...]) -> str:
    odd = _example(texts, is_number)
    return f"not all are numbers: {odd!r}" if odd else ""


def _integers(column: Column, texts: tuple[str, ...]) -> str:
    reason = _numbers(column, texts)
    odd = "" if reason else _example(texts, lambda t: not is_number(t) or float(t).is_integer())
    return reason or (f"not all are whole numbers: {odd!r}" if odd else "")


def _moments(column: Column, texts: tuple[str, ...]) -> str:
    if column.kind in ("boolean", "clock") or (column.kind in ("integer", "number") and not texts):
        return "no date"
    odd = [t for t in texts if not is_moment(t)]
    return "" if _few(odd, texts) else _odd_moment(texts)


def _odd_moment(texts: tuple[str, ...]) -> str:
    odd = _example(texts, is_moment)
    return f"not all are dates as ISO 8601 writes them: {odd!r}" if odd else ""


def oddity(field: Field, texts: tuple[str, ...], *, named: bool) -> str:
    """What to say of the few values that are no dates or numbers, or beyond what is possible; they are written as they stand.

    :param named: whether the column is named as the field or its term.
    """
    checks = (_TYPED.get(field.type), None if named else _SYNONYMS.get(field.name))
    if _moments in checks:
        return _odd_moment(texts)
    return (_odd_number(texts) if _numbers in checks or _integers in checks else "") or _beyond(field, texts)


def _few(odd: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether what does not fit is an exception: one in ten, or a single one among three."""
    return len(odd) <= len(texts) / 10 or (len(odd) == 1 and len(texts) >= 3)


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


def _booleans(column: Column, texts: tuple[str, ...]) -> str:
    odd = _example(texts, lambda t: t.lower() in _YES_AND_NO)
    return f"not all are true or false: {odd!r}" if odd or column.kind in ("moment", "clock") else ""


_TYPED: Mapping[type, Callable[[Column, tuple[str, ...]], str]] = {
    float: _numbers,
    int: _integers,
    bool: _booleans,
    dt.datetime: _moments,
    dt.date: _moments,
}


def _all(fits: Callable[[str], object], otherwise: str) -> Callable[[Column, tuple[str, ...]], str]:
    def check(_: Column, texts: tuple[str, ...]) -> str:
        odd = _example(texts, fits)
        return f"{otherwise}: {odd!r}" if odd else ""

    return check


def _most(fits: Callable[[str], object], otherwise: str) -> Callable[[Column, tuple[str, ...]], str]:
    def check(_: Column, texts: tuple[str, ...]) -> str:
        odd = [t for t in texts if not fits(t)]
        return "" if _few(odd, texts) else f"{otherwise}: {odd[0][:30]!r}"

    return check


def _word(text: str) -> bool:
    return not _NUMBER.fullmatch(text)


def _is_json(text: str) -> bool:
    try:
        return len(text) >= 200 or isinstance(json.loads(text), dict)
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether a text is an address that others can open."""
    return re.match(r"https?://[^\s/]+", text) is not None


def is_media_type(text: str) -> bool:
    """Whether a text is a media type such as image/jpeg."""
    return re.fullmatch(r"(image|video|audio|application)/[\w.+-]+", text) is not None


def _addresses(_: Column, texts: tuple[str, ...]) -> str:
    """Some are addresses; the others are names of files that are not published."""
    if not texts or any(map(is_address, texts)):
        return ""
    return f"names of files, not addresses that others can open: {texts[0][:30]!r}"


_NAME = re.compile(r"(?:× ?)?([A-Z][a-zë-]+)(?: × ?| \([A-Z][a-z]+\) | )?([a-zë-]+)?(?:\s.*)?", re.DOTALL)
_LATIN = re.compile(r"\w*(us|a|um|is|i|ae|ns|ior|[aeiy]x|es|os|ops|ales|on)")


def _scientific(_: Column, texts: tuple[str, ...]) -> str:
    """Most names are written as scientific ones and end as Latin does, some are binomials: `House sparrow` is no such name."""
    names = {t: _NAME.fullmatch(t.strip()) for t in texts}
    odd = [t for t, found in names.items() if not found or not _LATIN.fullmatch((found[2] or found[1]).lower())]
    binomials = any(found and found[2] for t, found in names.items() if t not in odd)
    many = len(odd) > len(names) * 0.3 and not _few(odd, list(names))
    if names and (many or not binomials):
        return f"not scientific names: {min(odd or names)[:30]!r}"
    return ""


_SPECIAL = {
    "scientific_name": _most(_word, "no names"),
    "order": _all(_word, "not the order of a taxon"),
    "class_": _all(_word, "not the class of a taxon"),
    "family": _all(_word, "not the family of a taxon"),
    "type": _all(_DCMI.__contains__, "no type of the DCMI vocabulary"),
    "language": _all(re.compile(r"[A-Za-z]{2,3}(-\w+)*").fullmatch, "no language codes"),
    "country_code": _all(re.compile(r"[A-Z]{2}").fullmatch, "no ISO 3166-1 codes of two letters"),
    "dynamic_properties": _all(_is_json, "no JSON objects"),
}
_SYNONYMS = {
    "scientific_name": _scientific,
    "specific_epithet": _most(re.compile(r"[a-zë-]+").fullmatch, "no epithets"),
    "taxon_rank": _all(re.compile(r"[A-Za-z]+( [A-Za-z]+)?").fullmatch, "no ranks"),
    "event_date": _moments,
    "identifier": _addresses,
    "format": _all(is_media_type, "no media types"),
    "locality": _all(_word, "no names"),
    "recorded_by": _all(lambda t: _word(t) and "@" not in t, "no names"),
    "identified_by": _all(lambda t: _word(t) and "@" not in t, "no names"),
    "creator": _all(lambda t: _word(t) and "@" not in t, "no names"),
}


def _out_of_range(field: Field, texts: tuple[str, ...]) -> str:
    numbers = [float(t) for t in texts if is_number(t)] if field.name in _RANGES or field.name in _PIXELS else []
    if numbers and field.name in _PIXELS:
        return "shares of the picture, not pixels" if max(numbers) <= 1 else ""
    return "" if not numbers or _few(_outside(field, texts), texts) else _beyond(field, texts)


def _outside(field: Field, texts: tuple[str, ...]) -> list[str]:
    low, high = _RANGES[field.name]
    return [t for t in texts if is_number(t) and not low <= float(t) <= high]


def _beyond(field: Field, texts: tuple[str, ...]) -> str:
    odd = _outside(field, texts) if field.name in _RANGES else []
    return "not all between {:g} and {:g}: {:g}".format(*_RANGES[field.name], float(odd[0])) if odd else ""


def everyday_word(field: Field, columns: Mapping[str, str]) -> bool:
    """Whether a column is named as a term of rock where no other column is about rock."""
    return field.name in GEOLOGICAL and sum(name in GEOLOGICAL for name in columns.values()) < 2


# --- SQL


def taken(db: Database, table: Table, column: Column, field: Field, name: str) -> str:
    """The SQL of a column for a field: its name, or an expression where its type is not what the field wants.

    :param name: what the column is called where the SQL stands.
    """
    quoted = db.quote(name)
    texts = db.values(table, column.name).texts
    if field.type in (float, int) and column.kind == "text":
        number = "double" if db.dialect == "mysql" else "numeric"
        return f"cast(nullif({quoted}, '') as {number})"
    if field.type is bool and column.kind == "text":
        words = sorted({t for t in texts if _YES_AND_NO[t.lower()]}) or ["true"]
        return f"{quoted} in ({', '.join(repr(w) for w in words)})"
    if field.type is bool and column.kind != "boolean" and db.dialect == "postgresql":
        return f"{quoted} <> 0"
    if field.name == "taxon_rank" and any(t != t.lower() for t in texts):
        return f"lower({quoted})"
    return reference(db, name)


def reference(db: Database, name: str) -> str:
    """A column by its plain name, as exporter.toml takes it; quoted as SQL wants it where it could be read as an expression."""
    odd = re.search(r"[^\w ]|\s(?:as|is|and|or|collate)\s|^\s|\s$|  ", name, re.IGNORECASE)
    return db.quote(name) if odd else name


def or_null(db: Database, table: Table, column: str, name: str) -> str:
    """A column that refers to something; a blank one refers to nothing.

    :param name: what the column is called where the SQL stands.
    """
    return f"nullif({db.quote(name)}, '')" if db.values(table, column).blank else reference(db, name)
