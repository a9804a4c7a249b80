"""Colours as hosts write them, and as all formats and figures show them."""

from __future__ import annotations

import re

# Those of Okabe and Ito that are seen on photographs; safe for the colour-blind.
PALETTE = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_SHORT = re.compile(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])")


def colour_of(given: str, number: int) -> str:
    """A colour as #rrggbb: the one given, #rrggbb or #rgb; where it is none, one by a number from 1."""
    given = given.strip()
    if _HEX.fullmatch(given):
        return given.lower()
    short = _SHORT.fullmatch(given)
    if short:
        return "#" + "".join(2 * digit for digit in short.groups()).lower()
    return PALETTE[(number - 1) % len(PALETTE)]


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on a colour (WCAG 2.2, contrast ratio)."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (light + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
