"""What a check of cells is, and what all of them share."""

from __future__ import annotations

from collections.abc import Callable

import attrs

EVENT = "http://rs.tdwg.org/dwc/terms/Event"
OCCURRENCE = "http://rs.tdwg.org/dwc/terms/Occurrence"
IDENTIFICATION = "http://rs.tdwg.org/dwc/terms/Identification"
MULTIMEDIA = "http://rs.gbif.org/terms/1.0/Multimedia"
IMAGE = "http://rs.gbif.org/terms/1.0/Image"
AUDIOVISUAL = "http://rs.tdwg.org/ac/terms/Multimedia"
MEASUREMENT = "http://rs.tdwg.org/dwc/terms/MeasurementOrFact"
EXTENDED_MEASUREMENT = "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact"
HUMBOLDT = "http://rs.tdwg.org/eco/terms/Event"

RECORDS = frozenset({EVENT, OCCURRENCE})  # GBIF interprets place, time and references of both alike
BETWEEN = "\x1f"  # stands between the cells where several are held against one pattern

GBIF = "GBIF ingestion"
OURS = "Exporter"


@attrs.frozen
class Look:
    """A check of some cells of a row.

    :param terms: the local names of the terms whose cells it needs.
    :param row_types: the URIs of the rows that it is for.
    :param judge: the codes of what is wrong with these cells, in the order of `terms`; nothing for good ones. A pure function that
        takes any texts; a term without a column is an empty text.
    :param usual: a pattern, or nothing: cells that match it, with `BETWEEN` between them, are surely good. It spares most calls of
        `judge`.
    :param absent: codes that say that a cell is empty. They are not raised where the event of the row may have the cell.
    :param needed: without a column for one of these terms there is nothing to look at; by default any of `terms` will do.
    """

    terms: tuple[str, ...]
    row_types: frozenset[str]
    judge: Callable[..., tuple[str, ...]]
    usual: str = ""
    absent: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


def given(cell: str) -> str:
    """The text of a cell; nothing where a word for nothing stands there, as GBIF reads it."""
    text = cell.strip()
    return "" if text == "\\N" or text.lower() == "null" else text
