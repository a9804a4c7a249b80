"""What other tables lend events and occurrences: names of taxa, places, people, addresses of media."""

from __future__ import annotations

from exporter.mapping import values
from exporter.mapping.biodiversity import words as known
from exporter.mapping.biodiversity.extras import derived
from exporter.mapping.fields import Guess, guess_fields, lent
from exporter.mapping.guess import Making
from exporter.mapping.links import Link, link
from exporter.mapping.names import fold, nouns, without_id, words


def complete(making: Making) -> None:
    """Add what other tables lend, what follows from a column, and what somebody has to say."""
    name, tables = making.name, making.roles.tables
    if name in ("occurrence", "identification") and "scientific_name" not in making.lines:
        _lend_names(making)
    if name == "event" or (name == "occurrence" and "event" not in tables):
        _lend_place(making)
    _lend_people(making)
    if name == "occurrence":
        _lend_media(making)
    sources = {field: guessed.column for field, guessed in making.fields.guesses.items()}
    for field, sql, why, column in derived(making.study.db, making.table, name, sources):
        if field not in making.lines:
            making.add(field, sql, why, column)
    if name == "occurrence" and not {"basis_of_record", "verified"} & set(making.lines):
        why = "what the occurrences rest on: HumanObservation, MachineObservation, PreservedSpecimen, ..."
        making.need("basis_of_record", "'HumanObservation'", why)


def _lend_names(making: Making) -> None:
    taxa = making.roles.first.get("taxon")
    way = link(making.study, making.table, taxa, making.study.key("taxon")) if taxa is not None else None
    if taxa is not None and way is not None:
        making.borrow(way, lent(making.study, taxa, making.schema, known.TAXON_FIELDS, known.LENT_BY_TAXON))


def _lend_place(making: Making) -> None:
    for place in making.others(known.PLACES):
        way = link(making.study, making.table, place, making.schema.fields["location_id"])
        if way is None:
            continue
        named = nouns(place.plain)[-1] in known.NAMED_PLACES
        synonyms = {n: f for n, f in known.LENT_BY_PLACE.items() if named or f.startswith("?")}
        making.borrow(way, lent(making.study, place, making.schema, known.PLACE_FIELDS, synonyms))
        if "location_id" not in making.lines and fold(way.column) == "locationid":
            making.add("location_id", values.reference(making.study.db, way.column), "", way.column)


def _lend_people(making: Making) -> None:
    people = {t.name: t for t in making.others(known.PEOPLE)}
    for reference in making.table.references:
        field = _role(making.name, reference.column)
        if reference.table in people and field in making.schema.fields and field not in making.lines:
            table = people[reference.table]
            name = next((c for c in table.columns.values() if fold(c.name) in known.PERSON_NAMES), None)
            if name is not None and not any("@" in t for t in making.study.db.values(table, name.name).texts):
                way = Link(reference.column, table, reference.target, "a foreign key")
                making.borrow(way, {field: Guess(name.name)})


def _role(record: str, column: str) -> str:
    about = set(words(without_id(column)))
    role = next((field for field, named in known.ROLES.items() if about & set(named)), "")
    return role or ("identified_by" if record == "identification" and about <= {"user", "person"} else "")


def _lend_media(making: Making) -> None:
    study, media = making.study, making.roles.first.get("media")
    way = link(study, making.table, media, study.key("media")) if media is not None else None
    if media is None or way is None or "associated_media" in making.lines:
        return
    address = guess_fields(study, media, study.family.record("media"), study.apart("media")).guesses.get("identifier")
    texts = study.db.values(media, address.column).texts if address is not None else ()
    if address is None or not any(map(values.is_address, texts)):
        return
    making.borrow(way, {"associated_media": address})
    if not all(map(values.is_address, texts)):
        name = study.db.quote(making.query.pick(making.query.join(way), address.column))
        sql = f"case when {name} like 'http%' then {name} end"
        making.add("associated_media", sql, f"addresses in {media.name}.{address.column} by {way.column}")
