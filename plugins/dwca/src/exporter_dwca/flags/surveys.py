"""Humboldt: what a survey looked for, how, and how large it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import GBIF, HUMBOLDT, Look, given
from exporter_dwca.flags.number import number

_SOURCE = f"{GBIF}: HumboldtInterpreter"
_SIZES = ("eventDuration", "geospatialScopeArea", "samplingEffort", "totalAreaSampled")
_SCOPES = {  # what is targeted and excluded, and GBIF's flag
    "TaxonomicScope": "TARGET_TAXONOMIC_SCOPE_EXCLUDED",
    "LifeStageScope": "TARGET_LIFE_STAGE_SCOPE_EXCLUDED",
    "DegreeOfEstablishmentScope": "TARGET_DEGREE_OF_ESTABLISHMENT_EXCLUDED",
    "GrowthFormScope": "TARGET_GROWTH_FORM_EXCLUDED",
    "HabitatScope": "TARGET_HABITAT_SCOPE_EXCLUDED",
}
_COUNTS = ("siteCount", "abundanceCap")
_ANSWERS = (
    "isTaxonomicScopeFullyReported",
    "isAbsenceReported",
    "hasNonTargetTaxa",
    "areNonTargetTaxaFullyReported",
    "isLifeStageScopeFullyReported",
    "isDegreeOfEstablishmentScopeFullyReported",
    "isGrowthFormScopeFullyReported",
    "hasNonTargetOrganisms",
    "isAbundanceReported",
    "isAbundanceCapReported",
    "isVegetationCoverReported",
    "isLeastSpecificTargetCategoryQuantityInclusive",
    "hasVouchers",
    "hasMaterialSamples",
    "isSamplingEffortReported",
)
_DENIED = {"hasNonTargetTaxa": "nonTargetTaxa", "hasMaterialSamples": "materialSampleTypes"}
_YES = frozenset({"true", "yes", "ja", "oui", "si", "1", "t", "on", "wahr"})
_NO = frozenset({"false", "f", "0", "-1", "no", "nein", "non", "off", "falsch"})
_WHOLE = re.compile(r"\+?\d+", re.ASCII)
_DURATION = re.compile(
    "s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?|wks?|weeks?|mos?|months?|y|yrs?|years?", re.IGNORECASE
)


def _upper(term: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", term).upper()


FLAGS = (
    *(
        Flag(
            f"{_upper(size)}_UNIT_MISSING",
            "warning",
            f"Values of {size}Value without a unit",
            f"{size}Value is a number from 0 on, and {size}Unit is empty"
            + (", or no unit of time." if size == "eventDuration" else "."),
            _SOURCE,
        )
        for size in _SIZES
    ),
    *(
        Flag(
            f"{_upper(size)}_VALUE_INVALID",
            "warning",
            f"Values of {size}Value that are no numbers from 0 on",
            f"{size}Value is no number, or below 0.",
            _SOURCE,
        )
        for size in _SIZES
    ),
    *(
        Flag(
            f"{_upper(count)}_INVALID",
            "warning",
            f"Values of {count} that are no whole numbers from 0 on",
            f"{count} is no whole number, or below 0.",
            _SOURCE,
        )
        for count in _COUNTS
    ),
    *(
        Flag(
            f"{_upper(answer)}_INVALID",
            "warning",
            f"Values of {answer} that are neither true nor false",
            f"{answer} is neither true nor false, nor a usual word for one of them.",
            _SOURCE,
        )
        for answer in _ANSWERS
    ),
    *(
        Flag(
            code,
            "warning",
            f"Targets that are excluded, too ({scope})",
            f"target{scope} and excluded{scope} share a part, where parts are separated by |. GBIF compares taxa "
            "after matching them.",
            _SOURCE,
        )
        for scope, code in _SCOPES.items()
    ),
    *(
        Flag(
            f"{_upper(answer)}_MISMATCH",
            "warning",
            f"Rows with {listed} that say there are none",
            f"{listed} is given, and {answer} is false.",
            _SOURCE,
        )
        for answer, listed in _DENIED.items()
    ),
    Flag(
        "GEOSPATIAL_SCOPE_AREA_LOWER_THAN_TOTAL_AREA_SAMPLED",
        "warning",
        "Sampled areas that are larger than the whole",
        "totalAreaSampledValue is above geospatialScopeAreaValue, in the same unit.",
        _SOURCE,
    ),
)


def looks() -> tuple[Look, ...]:
    """The checks of surveys."""

    def look(terms: tuple[str, ...], judge: Callable[..., tuple[str, ...]]) -> Look:
        return Look(terms, frozenset({HUMBOLDT}), judge)

    return (
        *(look((f"{size}Value", f"{size}Unit"), partial(_judge_size, size=size)) for size in _SIZES),
        *(look((count,), partial(_judge_count, code=f"{_upper(count)}_INVALID")) for count in _COUNTS),
        *(look((answer,), partial(_judge_answer, code=f"{_upper(answer)}_INVALID")) for answer in _ANSWERS),
        *(look((f"target{scope}", f"excluded{scope}"), partial(_judge_scope, code=code)) for scope, code in _SCOPES.items()),
        *(look((a, listed), partial(_judge_denied, code=f"{_upper(a)}_MISMATCH")) for a, listed in _DENIED.items()),
        look(
            ("geospatialScopeAreaValue", "geospatialScopeAreaUnit", "totalAreaSampledValue", "totalAreaSampledUnit"),
            _judge_areas,
        ),
    )


def _size(cell: str) -> float | None:
    """A number from 0 on."""
    value = number(given(cell))
    return value if value is not None and value >= 0 else None


def _judge_size(value: str, unit: str, size: str) -> tuple[str, ...]:
    if not given(value):
        return ()
    if _size(value) is None:
        return (f"{_upper(size)}_VALUE_INVALID",)
    word = given(unit)
    known = _DURATION.fullmatch(word) if size == "eventDuration" else word
    return () if known else (f"{_upper(size)}_UNIT_MISSING",)


def _judge_count(cell: str, code: str) -> tuple[str, ...]:
    text = given(cell)
    return () if not text or _WHOLE.fullmatch(text) else (code,)


def _judge_answer(cell: str, code: str) -> tuple[str, ...]:
    text = given(cell).lower()
    return () if not text or text in _YES or text in _NO else (code,)


def _judge_scope(target: str, excluded: str, code: str) -> tuple[str, ...]:
    targets, exclusions = ({part.strip() for part in given(cell).split("|")} - {""} for cell in (target, excluded))
    return (code,) if targets & exclusions else ()


def _judge_denied(answer: str, listed: str, code: str) -> tuple[str, ...]:
    return (code,) if given(answer).lower() in _NO and given(listed) else ()


def _judge_areas(scope: str, scope_unit: str, sampled: str, sampled_unit: str) -> tuple[str, ...]:
    whole, part, unit = _size(scope), _size(sampled), given(scope_unit).lower()
    if whole is None or part is None or not unit or unit != given(sampled_unit).lower() or whole >= part:
        return ()
    return ("GEOSPATIAL_SCOPE_AREA_LOWER_THAN_TOTAL_AREA_SAMPLED",)
