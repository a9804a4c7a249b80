"""Which columns of a table are which fields of a record, by their names, and held against what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from exporter.mapping import values
from exporter.mapping.known import Study
from exporter.mapping.look import Column, Table
from exporter.mapping.names import fold
from exporter.records import Field, RecordSchema


@attrs.frozen
class Guess:
    """The column that a field is taken from.

    :param why: in a few words; empty where the column's name says it.
    """

    column: str
    why: str = ""


@attrs.frozen
class Fields:
    """What a table gives a record.

    :param guesses: by field.
    :param refused: columns whose name fits and whose values do not, with the reason.
    :param exact: fields by the column that is named as the field or its term, refused or not.
    :param meant: the same with synonyms.
    """

    guesses: dict[str, Guess]
    refused: dict[str, str]
    exact: dict[str, str]
    meant: dict[str, str] = attrs.field(factory=dict)

    def doubts(self, *fields: str) -> str:
        """Why columns that are named as these fields were refused."""
        return ", ".join(f"{c}: {reason}" for c, reason in self.refused.items() if self.meant.get(c) in fields)


@attrs.frozen
class _Candidate:
    """A column that may be a field.

    :param rank: 0 where it is named as the field, then in the order of the synonyms.
    :param proof: whether only values can show that it is.
    """

    rank: int
    column: Column
    field: Field
    proof: bool


def spelled(schema: RecordSchema) -> dict[str, Field]:
    """The fields of a record by their folded names and terms."""
    by_name = {fold(f.name): f for f in schema.fields.values()}
    return {**{fold(f.spelling): f for f in schema.fields.values()}, **by_name}


def guess_fields(study: Study, table: Table, schema: RecordSchema, apart: frozenset[str] = frozenset()) -> Fields:
    """The fields that a table's columns give.

    :param apart: fields that are found another way: identifiers and what refers to them.
    """
    candidates = sorted(_candidates(study, table, schema), key=lambda c: c.rank)
    exact = {c.column.name: c.field.name for c in candidates if c.rank == 0}
    found = Fields({}, {}, exact, {c.column.name: c.field.name for c in candidates})
    for candidate in candidates:
        if candidate.field.name not in apart:
            _weigh(study, table, candidate, found)
    _part_widows(study, found)
    return found


def _candidates(study: Study, table: Table, schema: RecordSchema) -> Iterator[_Candidate]:
    exact = spelled(schema)
    synonyms = study.known.columns.get(schema.name, {})
    order = list(synonyms)
    for column in table.columns.values():
        folded = fold(column.name)
        if folded in exact:
            yield _Candidate(0, column, exact[folded], proof=False)
        elif folded in synonyms and (name := synonyms[folded].lstrip("?")) in schema.fields:
            proof = synonyms[folded].startswith("?")
            yield _Candidate(1 + order.index(folded), column, schema.fields[name], proof)


def _weigh(study: Study, table: Table, candidate: _Candidate, found: Fields) -> None:
    column, field = candidate.column, candidate.field
    if field.name in found.guesses:
        found.refused[column.name] = f"{field.name} comes from {found.guesses[field.name].column}"
        return
    reason = _reason(study, table, candidate, found.exact)
    if reason:
        found.refused[column.name] = reason
        return
    odd = values.oddity(study.known, field, study.db.values(table, column.name).texts, named=candidate.rank == 0)
    found.guesses[field.name] = Guess(column.name, ", but ".join(filter(None, (_why(candidate), odd))))


def _reason(study: Study, table: Table, candidate: _Candidate, exact: Mapping[str, str]) -> str:
    column, field = candidate.column, candidate.field
    sample = study.db.values(table, column.name)
    key = column.kind == "integer" and field.type is str and any(r.column == column.name for r in table.references)
    if key and field.name not in study.known.keys_taken:
        return "the key of a row in another table"
    homonym = study.known.homonym(field, exact) if candidate.rank == 0 else ""
    if homonym:
        return homonym
    if candidate.proof and not sample.texts and column.kind in ("text", "other"):
        return "empty, so nothing shows what it holds"
    reason = values.doubt(study.known, field, column, sample, named=candidate.rank == 0)
    if not reason and field.type in (float, int) and column.kind == "text" and not study.db.only_numbers(table, column.name):
        return "not all are numbers"
    return reason


def _why(candidate: _Candidate) -> str:
    if candidate.field.type in (float, int) and candidate.column.kind == "text":
        return "text that holds numbers only"
    if candidate.rank == 0:
        return ""
    return "by its name and values" if candidate.proof else "by its name"


def _part_widows(study: Study, found: Fields) -> None:
    """Of two synonyms that stand for a pair, none goes without the other: an `end` without a start is something else."""
    for first, second in study.known.partners:
        for lone, partner in ((first, second), (second, first)):
            guess = found.guesses.get(lone)
            alone = lone in study.known.starts or (guess is not None and guess.column in found.exact)
            if guess is not None and partner not in found.guesses and not alone:
                found.refused[guess.column] = f"nothing gives {partner}"
                del found.guesses[lone]


def lent(
    study: Study, table: Table, schema: RecordSchema, allowed: frozenset[str], synonyms: Mapping[str, str]
) -> dict[str, Guess]:
    """What a joined table lends a record: columns named as one of the allowed fields, and synonyms."""
    exact = spelled(schema)
    found = Fields({}, {}, {})
    candidates = []
    for column in table.columns.values():
        folded = fold(column.name)
        name = exact[folded].name if folded in exact else synonyms.get(folded, "").lstrip("?")
        alone = not name.endswith("_id") or name in study.known.keys_taken
        if name in allowed and name in schema.fields and (alone or study.db.distinct(table, column.name)):
            candidates.append(_Candidate(int(folded not in exact), column, schema.fields[name], proof=folded not in exact))
    for candidate in sorted(candidates, key=lambda c: c.rank):
        _weigh(study, table, candidate, found)
    _part_widows(study, found)
    return found.guesses
