"""Measurements."""

from __future__ import annotations

from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import EXTENDED_MEASUREMENT, MEASUREMENT, OURS, Look, given

FLAGS = (
    Flag(
        "MEASUREMENT_TYPE_MISSING",
        "info",
        "Measurements that do not say what was measured",
        "measurementValue is given, and measurementType is not. GBIF keeps the row and says nothing.",
        f"{OURS}; Darwin Core: measurementType says what measurementValue is",
    ),
)


def looks() -> tuple[Look, ...]:
    """The checks of measurements."""
    rows = frozenset({MEASUREMENT, EXTENDED_MEASUREMENT})
    return (Look(("measurementType", "measurementValue"), rows, _judge_type),)


def _judge_type(kind: str, value: str) -> tuple[str, ...]:
    return ("MEASUREMENT_TYPE_MISSING",) if given(value) and not given(kind) else ()
