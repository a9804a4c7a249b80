"""Conditions put together by what they have in common, in the order in which the source has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporter.errors import InputError
from exporter.selection import RecordRows
from exporter.takeoff.data import Condition


def grouped(conditions: Iterable[Condition], field: str) -> dict[str, list[Condition]]:
    """Conditions by a field's value, in the order in which values are met."""
    found: dict[str, list[Condition]] = {}
    for condition in conditions:
        found.setdefault(label(condition, field), []).append(condition)
    return found


def label(condition: Condition, field: str) -> str:
    """What the group of a condition is called."""
    return str(getattr(condition, field)).strip() or f"Without {field}"


def check_group(field: str, records: Mapping[str, RecordRows]) -> None:
    """Refuse a field that the source does not have.

    :raises InputError: where it does not.
    """
    if field != "none" and not records["condition"].has(field):
        raise InputError(
            f"The option 'group_by' is '{field}', a field of record 'condition' that this source does not provide.",
            hint="Map a column to it, or leave the option out.",
        )
