"""Words of vocabularies, and the counts that go with them."""

from __future__ import annotations

import re
from functools import partial

from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import EVENT, GBIF, OCCURRENCE, OURS, Look, given
from exporter_dwca.flags.number import number
from exporter_dwca.flags.vocabulary import concept

_STATUS = f"{GBIF}: BasicInterpreter"
_DOUBTS = ("?", "possible", "possibly", "potential", "maybe", "perhaps")
_OF = re.compile(r"(.+?) (?:of|for) ", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,10}", re.ASCII)

FLAGS = (
    Flag(
        "BASIS_OF_RECORD_INVALID",
        "warning",
        "Bases of record that GBIF does not know",
        "basisOfRecord is empty or none of PreservedSpecimen, FossilSpecimen, LivingSpecimen, HumanObservation, "
        "MachineObservation, MaterialSample, "
        "MaterialCitation, Occurrence, Observation, nor a usual other name of one. GBIF flags MaterialEntity, too.",
        f"{_STATUS}, BasisOfRecordParser; gbif/portal-feedback 6766",
    ),
    Flag(
        "INDIVIDUAL_COUNT_INVALID",
        "warning",
        "Counts that are no whole numbers",
        "individualCount is not of 1 to 10 digits and nothing else.",
        f"{_STATUS}, SimpleTypeParser",
    ),
    Flag(
        "OCCURRENCE_STATUS_UNPARSABLE",
        "warning",
        "Statuses that are neither present nor absent",
        "occurrenceStatus is neither present nor absent, nor a usual word for one of them.",
        _STATUS,
    ),
    Flag(
        "OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT",
        "warning",
        "Counts without a status",
        "occurrenceStatus is empty or cannot be read, and individualCount is a number; 0 of a specimen is the next flag.",
        _STATUS,
    ),
    Flag(
        "OCCURRENCE_STATUS_INFERRED_FROM_BASIS_OF_RECORD",
        "warning",
        "Specimens of which there are none, without a status",
        "occurrenceStatus is empty, individualCount is 0, and basisOfRecord is a specimen.",
        f"{_STATUS}; gbif/pipelines 392",
    ),
    Flag(
        "INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS",
        "warning",
        "Counts that contradict the status",
        "individualCount is 0 and occurrenceStatus present, or above 0 and absent.",
        _STATUS,
    ),
    Flag(
        "TYPE_STATUS_INVALID",
        "warning",
        "Type statuses that nobody knows",
        "A part of typeStatus (parts are separated by |, the name after 'of' or 'for' does not count) is no kind of type.",
        f"{GBIF}: VocabularyInterpreter, vocabulary TypeStatus",
    ),
    Flag(
        "SUSPECTED_TYPE",
        "warning",
        "Type statuses that are doubted",
        "A part of typeStatus is no kind of type, and says possible, potential, maybe, perhaps or ?.",
        f"{GBIF}: VocabularyInterpreter",
    ),
    Flag(
        "SEX_NOT_IN_VOCABULARY",
        "info",
        "Sexes that are in no vocabulary",
        "sex is none of male, female, hermaphrodite, undetermined, nor a usual other word. GBIF drops words that "
        "its vocabulary lacks, and says nothing.",
        OURS,
    ),
    Flag(
        "LIFE_STAGE_NOT_IN_VOCABULARY",
        "info",
        "Life stages that are in no vocabulary",
        "lifeStage is none of zygote, embryo, larva, juvenile, adult, sporophyte, spore, gametophyte, gamete, "
        "pupa, nor a usual other word. "
        "GBIF drops words that its vocabulary lacks, and says nothing.",
        OURS,
    ),
    Flag(
        "SAMPLE_SIZE_UNIT_NOT_IN_VOCABULARY",
        "info",
        "Units of samples in a form that is not the recommended one",
        "sampleSizeUnit is a length, area, volume or time in another form than the vocabulary's: m2 for "
        "square_metre, hours for hour. "
        "Other units, such as traps or images, are free.",
        f"{OURS}; rs.gbif.org/vocabulary/gbif/unit_of_measurement",
    ),
    Flag(
        "SAMPLE_SIZE_UNIT_MISSING",
        "info",
        "Sizes of samples without a unit, or units without a size",
        "One of sampleSizeValue and sampleSizeUnit is empty, the other is not.",
        f"{OURS}; Darwin Core: a sampleSizeValue must have a sampleSizeUnit",
    ),
    Flag(
        "SAMPLE_SIZE_VALUE_INVALID",
        "info",
        "Sizes of samples that are no numbers",
        "sampleSizeValue is no number, or below 0. GBIF drops what is no number, and says nothing.",
        OURS,
    ),
)


def looks() -> tuple[Look, ...]:
    """The checks of words and counts."""
    occurrences, both = frozenset({OCCURRENCE}), frozenset({EVENT, OCCURRENCE})
    empty = frozenset({"BASIS_OF_RECORD_INVALID"})
    return (
        Look(("basisOfRecord",), occurrences, _judge_basis, "", empty),
        Look(
            ("individualCount", "occurrenceStatus", "basisOfRecord"),
            occurrences,
            _judge_status,
            "",
            frozenset(
                {"OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT", "OCCURRENCE_STATUS_INFERRED_FROM_BASIS_OF_RECORD"}
            ),
            frozenset({"individualCount", "occurrenceStatus"}),
        ),
        Look(("typeStatus",), occurrences, _judge_type),
        *(
            Look((term,), occurrences, partial(_judge_word, vocabulary=term, code=code))
            for term, code in (("sex", "SEX_NOT_IN_VOCABULARY"), ("lifeStage", "LIFE_STAGE_NOT_IN_VOCABULARY"))
        ),
        Look(("sampleSizeValue", "sampleSizeUnit"), both, _judge_sample, "", frozenset({"SAMPLE_SIZE_UNIT_MISSING"})),
    )


def _judge_basis(cell: str) -> tuple[str, ...]:
    return () if concept("basisOfRecord", given(cell)) else ("BASIS_OF_RECORD_INVALID",)


def _judge_status(count: str, status: str, basis: str) -> tuple[str, ...]:
    count, status = given(count), given(status)
    known = concept("occurrenceStatus", status)
    codes = ["OCCURRENCE_STATUS_UNPARSABLE"] if status and known is None else []
    if count and not _COUNT.fullmatch(count):
        codes.append("INDIVIDUAL_COUNT_INVALID")
    elif count and known is None:
        of_specimen = not status and not int(count) and concept("basisOfRecord", given(basis)) == "specimen"
        codes.append(f"OCCURRENCE_STATUS_INFERRED_FROM_{'BASIS_OF_RECORD' if of_specimen else 'INDIVIDUAL_COUNT'}")
    elif count and (known == "present") != (int(count) > 0):
        codes.append("INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS")
    return tuple(codes)


def _judge_type(cell: str) -> tuple[str, ...]:
    codes = []
    for part in filter(None, map(str.strip, given(cell).split("|"))):
        match = _OF.match(part)
        kind = match[1] if match else part
        if concept("typeStatus", kind) is None or "?" in kind:
            codes.append("SUSPECTED_TYPE" if any(doubt in kind.lower() for doubt in _DOUBTS) else "TYPE_STATUS_INVALID")
    return tuple(dict.fromkeys(codes))


def _judge_word(cell: str, vocabulary: str, code: str) -> tuple[str, ...]:
    text = given(cell)
    return () if not text or concept(vocabulary, text) else (code,)


def _judge_sample(value: str, unit: str) -> tuple[str, ...]:
    value, unit = given(value), given(unit)
    codes = ["SAMPLE_SIZE_UNIT_MISSING"] if bool(value) != bool(unit) else []
    if concept("sampleSizeUnit", unit):
        codes.append("SAMPLE_SIZE_UNIT_NOT_IN_VOCABULARY")
    size = number(value)
    if value and (size is None or size < 0):
        codes.append("SAMPLE_SIZE_VALUE_INVALID")
    return tuple(codes)
