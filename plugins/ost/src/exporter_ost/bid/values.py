"""Values as a bid file has them, and elements of them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from exporter_ost.bid.names import ATTRIBUTES, null

END = "\r\n"


def number(value: float) -> str:
    """A finite number without exponent, with 15 digits; a whole one as an integer."""
    rounded = float(f"{value:.15g}")
    if rounded.is_integer():
        return str(int(rounded))
    return f"{Decimal(repr(rounded)):f}"


def optional(value: float | None) -> str:
    """A number, or nothing where there is none."""
    return number(value) if value is not None and math.isfinite(value) else ""


def moment(when: dt.datetime) -> str:
    """A point in time: year, month, day, hour, minute and second, none of them padded."""
    return f"{when.year} {when.month} {when.day} {when.hour} {when.minute} {when.second}"


def opened(tag: str, given: Mapping[str, str]) -> str:
    """A start tag with all attributes of the element, without its bracket; those that are not given are null.

    :param given: by name, escaped.
    """
    return f"<{tag} " + " ".join(f'{name}="{given.get(name, null(name))}"' for name in ATTRIBUTES[tag])


def template(tag: str, *names: str) -> str:
    """An empty element with the attributes that are null as they are, and a place for each of the others, in their order."""
    assert names == tuple(name for name in ATTRIBUTES[tag] if name in names)
    return opened(tag, dict.fromkeys(names, "%s")) + f"/>{END}"


def empty(*tags: str) -> str:
    """Empty containers."""
    return "".join(f"<{tag}/>{END}" for tag in tags)


def streamed(tag: str, inside: Iterable[bytes]) -> Iterator[bytes]:
    """A container; an empty element where there is nothing inside."""
    pieces = iter(inside)
    first = next(pieces, b"")
    if first:
        yield f"<{tag}>{END}".encode() + first
        yield from pieces
    yield f"</{tag}>{END}".encode() if first else empty(tag).encode()
