"""Units: what their spellings are worth by the definitions of others, and that every database agrees with Python on each pair."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.takeoff.units import DEFAULTS, KINDS, UNITS, spelt, unit

from .estimators import DATABASES, previewed, takeoff, written

METRES = {  # NIST SP 811, appendix B.9: a foot is 0.3048 m
    "IN": "0.0254", "LF": "0.3048", "LY": "0.9144", "MM": "0.001", "CM": "0.01", "M": "1",
    "SQ IN": "0.00064516", "SF": "0.09290304", "SY": "0.83612736", "SQ": "9.290304", "MM2": "0.000001", "M2": "1",
    "CF": "0.028316846592", "CY": "0.764554857984", "MM3": "0.000000001", "M3": "1",
}  # fmt: skip
SPELLINGS = [*UNITS, "", " sf ", "sq. ft", "Sq.Ft.", "l f", "m²", "yd³", "ea.", "BF", "gallons", "%"]


def test_sizes_are_those_of_the_definitions() -> None:
    known = {each.name: each for each in UNITS.values()}
    assert set(known) == {*METRES, "EA"}
    powers = {"linear": 1, "area": 2, "volume": 3}
    for name, metres in METRES.items():
        tenths = Fraction(metres) * 10_000 ** powers[known[name].kind]
        assert Fraction(known[name].size) == tenths, name
    assert {name: known[DEFAULTS[name]].kind for name in KINDS} == {name: name for name in KINDS}


@given(st.sampled_from(list(UNITS)), st.lists(st.sampled_from(" ./"), max_size=4), st.booleans())
def test_case_blanks_points_and_slashes_do_not_count(name: str, marks: list[str], lower: bool) -> None:
    written = "".join(a + b for a, b in zip(name, [*marks, *[""] * len(name)], strict=False))
    assert unit(written.lower() if lower else written) is UNITS[name]


def worth(own: str, wanted: str) -> float | None:
    """What 7 of a measurement's unit are in its condition's, as the record's words have it; None where it is left out."""
    own, wanted = own.strip(), wanted.strip() or "SF"
    if not own or spelt(own) == spelt(wanted):
        return 7.0
    one, other = unit(own), unit(wanted)
    if one is None or other is None or one.kind != other.kind:
        return None
    return 7.0 * one.size / other.size


def same(own: str, wanted: str) -> bool:
    """Whether two texts spell one unit."""
    return spelt(own) == spelt(wanted) or (unit(own) is not None and unit(own) is unit(wanted))


def named(text: str) -> str:
    """The text that stands for a unit in every file."""
    known = unit(text)
    return text if known is None else known.name


@pytest.mark.parametrize("server", DATABASES)
def test_every_database_agrees_on_every_pair(server: str, tmp_path: Path) -> None:
    conditions = [{"condition_id": f"c{n:03}", "measurement_type": "area", "unit": text} for n, text in enumerate(SPELLINGS)]
    pairs = {f"{m:03}-{n:03}": (SPELLINGS[m], SPELLINGS[n]) for m, n in product(range(len(SPELLINGS)), repeat=2)}
    measurements = [
        {"measurement_id": uid, "condition_id": f"c{uid[4:]}", "unit": own, "quantity": 7.0, "geometry_type": "point"}
        for uid, (own, _) in pairs.items()
    ]
    expected = {uid: worth(*pair) for uid, pair in pairs.items()}
    kept = {uid: quantity for uid, quantity in expected.items() if quantity is not None}
    with takeoff(server, tmp_path, {"condition": conditions, "measurement": measurements}) as source:
        found = written(source, tmp_path)
        assert previewed(source) == found.codes
    at, unit_at = 6, 7  # the quantity and its unit
    got = {row[1]: float(row[at]) for rows in found.rows.values() for row in rows}
    assert got.keys() == kept.keys()
    assert got == {uid: pytest.approx(quantity, rel=1e-15) for uid, quantity in kept.items()}
    assert found.codes["UNIT_DIFFERS"] == len(expected) - len(kept)
    alike = sum(not own.strip() or same(own, wanted.strip() or "SF") for own, wanted in pairs.values())
    assert found.codes["UNIT_CONVERTED"] == len(kept) - alike
    assert found.codes["UNIT_UNKNOWN"] == sum(bool(text.strip()) and unit(text) is None for text in SPELLINGS)
    for uid, (text, total, count) in found.conditions.items():
        own = [kept[m] for m in kept if m[4:] == uid[1:]]
        assert (text, count) == (named(SPELLINGS[int(uid[1:])].strip() or "SF"), len(own))
        assert {row[unit_at] for row in found.rows[uid]} == {text}
        assert total == pytest.approx(sum(own), rel=1e-12)
