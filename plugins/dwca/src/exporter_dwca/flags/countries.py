"""Countries and continents."""

from __future__ import annotations

import re

from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import GBIF, OURS, RECORDS, Look, given
from exporter_dwca.flags.vocabulary import concept

_COUNTRY = f"{GBIF}: LocationParser, CountryParser"
_SHORT = 3  # letters that are a code and no name
_NOTHING = frozenset({"N/A", "N.A.", "N.A", "N / A", "#N/A", "[N/A]", "(N/A)", "N/K", "N.K.", "N.K", "N / K", "UNK.", "UNK"})
_BESIDE = re.compile(r"\bISO.?3166.?[123]?:?|\boff ", re.IGNORECASE)

FLAGS = (
    Flag(
        "COUNTRY_INVALID",
        "warning",
        "Countries that nobody knows",
        "countryCode is no code of ISO 3166-1 and no name of a country; or country is not even a text that could be a name.",
        _COUNTRY,
    ),
    Flag(
        "COUNTRY_MISMATCH",
        "warning",
        "Countries that are not the one of the code",
        "country and countryCode are both known, and not the same.",
        _COUNTRY,
    ),
    Flag(
        "COUNTRY_NAME_UNKNOWN",
        "info",
        "Names of countries that are not in our list",
        "country is none of the English and native names that we know. GBIF knows thousands of spellings: it may "
        "raise COUNTRY_INVALID or not. "
        "With a countryCode nothing depends on it.",
        OURS,
    ),
    Flag(
        "CONTINENT_INVALID",
        "warning",
        "Continents that nobody knows",
        "continent is none of Africa, Antarctica, Asia, Europe, North America, Oceania, South America, nor a "
        "usual other name of one.",
        f"{GBIF}: ContinentParser",
    ),
)


def looks() -> tuple[Look, ...]:
    """The checks of countries and continents."""
    return (Look(("country", "countryCode"), RECORDS, _judge_country), Look(("continent",), RECORDS, _judge_continent))


def _judge_country(country: str, code: str) -> tuple[str, ...]:
    name, short = given(country), given(code)
    by_name, by_code = map(_country, (name, short))
    codes = []
    if short and not by_code:
        codes.append("COUNTRY_INVALID")
    if name and not by_name:
        is_name = len(_letters(name)) > _SHORT and name.upper() not in _NOTHING
        codes.append("COUNTRY_NAME_UNKNOWN" if is_name else "COUNTRY_INVALID")
    if by_name and by_code and by_name != by_code:
        codes.append("COUNTRY_MISMATCH")
    return tuple(dict.fromkeys(codes))


def _country(text: str) -> str | None:
    """The code of a country; words around its name do not count."""
    return None if text.upper() in _NOTHING else concept("country", _letters(_BESIDE.sub("", text)))


def _letters(text: str) -> str:
    return "".join(c for c in text if not c.isdigit())


def _judge_continent(cell: str) -> tuple[str, ...]:
    text = given(cell)
    return () if not text or concept("continent", _letters(text)) else ("CONTINENT_INVALID",)
