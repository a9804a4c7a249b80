"""What follows from a column without being it, and what a person should think of. Suggestions are written as comments."""

from __future__ import annotations

from collections.abc import Iterator, Set

from exporter.mapping.biodiversity.words import FILES
from exporter.mapping.look import Column, Database, Table
from exporter.mapping.names import fold
from exporter.mapping.values import is_media_type

_CAMERA_TRAPS = {"deploymentid", "deploymentstart", "deploymentend", "latitude", "longitude"}  # Camtrap DP's own words
_MEDIA_TYPES = (("image", "StillImage"), ("video", "MovingImage"), ("audio", "Sound"))


def _column(table: Table, folded: str) -> Column | None:
    return next(iter(table.named(folded)), None)


def derived(db: Database, table: Table, record: str, sources: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Fields that follow from one column: field, SQL, why, and the column.

    :param sources: the columns that fields are taken from already.
    """
    if record == "media" and "type" not in sources and "format" in sources:
        yield from _type_of_media(db, table, sources["format"])
    if record in ("occurrence", "identification"):
        yield from _method(db, table, record)
    if record == "event" and {fold(c) for c in table.columns} >= _CAMERA_TRAPS:
        yield "geodetic_datum", "'EPSG:4326'", "Camtrap DP has WGS 84 for latitude and longitude", ""


def _type_of_media(db: Database, table: Table, column: str) -> Iterator[tuple[str, str, str, str]]:
    texts = db.values(table, column).texts
    if texts and all(map(is_media_type, texts)):
        name = db.quote(column)
        cases = " ".join(f"when {name} like '{kind}/%' then '{type}'" for kind, type in _MEDIA_TYPES)
        yield "type", f"case {cases} end", f"follows from {column}", column


def _method(db: Database, table: Table, record: str) -> Iterator[tuple[str, str, str, str]]:
    """Camtrap DP's classificationMethod: human or machine."""
    column = _column(table, "classificationmethod")
    texts = set(db.values(table, column.name).texts) if column is not None else set()
    if column is None or not texts or not texts <= {"human", "machine"}:
        return
    name = db.quote(column.name)
    if record == "identification":
        yield "machine", f"{name} = 'machine'", "whether a model made it", column.name
        return
    words = f"case {name} when 'human' then 'HumanObservation' when 'machine' then 'MachineObservation' end"
    yield "basis_of_record", words, "who determined it decides", column.name
    yield "verified", f"{name} = 'human'", "a person determined it", column.name


def conditions(db: Database, table: Table, record: str) -> Iterator[tuple[str, str]]:
    """Conditions that would leave rows out, as SQL with what to think of."""
    level, kind, public = (_column(table, n) for n in ("observationlevel", "observationtype", "filepublic"))
    if record == "occurrence" and kind is not None and "animal" in db.values(table, kind.name).texts:
        yield (
            f"{db.quote(kind.name)} = 'animal'",
            "observations of blanks, people and vehicles are no occurrences of animals",
        )
    if record == "occurrence" and level is not None and set(db.values(table, level.name).texts) == {"media", "event"}:
        yield f"{db.quote(level.name)} = 'event'", "media-based and event-based observations show the same animals twice"
    if record == "media" and public is not None:
        name = db.quote(public.name)
        yes = {"boolean": name, "text": f"{name} = 'true'"}.get(public.kind, f"{name} = 1")
        yield yes, "addresses that the public cannot open"


def worth_adding(
    db: Database, table: Table, record: str, fields: Set[str], *, placed: bool
) -> Iterator[tuple[str, str, str]]:
    """Fields that a column seldom holds and publishers ask for: field, an example in SQL, why.

    :param placed: whether the record says where it was.
    """
    if placed and "decimal_latitude" in fields and "geodetic_datum" not in fields:
        yield "geodetic_datum", "'EPSG:4326'", "the datum of the coordinates, where this is it"
    if placed and "country_code" not in fields:
        yield "country_code", "'BE'", "where all places are in one country"
    if record == "event" and "sampling_protocol" not in fields:
        yield "sampling_protocol", "'camera trap'", "how it was sampled"
    if record == "media" and "license" not in fields:
        yield "license", "'http://creativecommons.org/licenses/by/4.0/legalcode'", "it may differ from that of the data"
    file = next((c for name in FILES if (c := _column(table, name))), None)
    if record == "media" and "identifier" not in fields and file is not None:
        yield (
            "identifier",
            f"'https://example.org/' || {db.quote(file.name)}",
            "the address of the file, as others can open it",
        )
