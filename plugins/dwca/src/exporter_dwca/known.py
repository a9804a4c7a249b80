"""The row types that GBIF knows, and the terms that belong to each: known_terms.csv, made from the definitions at rs.gbif.org."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

DWC = "http://rs.tdwg.org/dwc/terms/"
OCCURRENCE, EVENT, TAXON = f"{DWC}Occurrence", f"{DWC}Event", f"{DWC}Taxon"
OCCURRENCE_ID = f"{DWC}occurrenceID"
TRIPLET = tuple(f"{DWC}{name}" for name in ("institutionCode", "collectionCode", "catalogNumber"))

_PREFIXES = {
    "dwc": DWC,
    "dcterms": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ac": "http://rs.tdwg.org/ac/terms/",
    "gbif": "http://rs.gbif.org/terms/1.0/",
    "obis": "http://rs.iobis.org/obis/terms/",
    "eco": "http://rs.tdwg.org/eco/terms/",
    "ggbn": "http://data.ggbn.org/schemas/ggbn/terms/",
    "germplasm": "http://purl.org/germplasm/germplasmTerm#",
    "chrono": "http://rs.tdwg.org/chrono/terms/",
    "eol": "http://eol.org/schema/",
}
_OTHER_ROW_TYPES = (  # registered, and their terms are not looked at
    *(f"dwc:{n}" for n in ("Taxon", "Identification", "MeasurementOrFact", "ResourceRelationship", "MaterialEntity")),
    *(f"gbif:{n}" for n in ("Description", "Distribution", "DNADerivedData", "Identifier", "Image", "Reference", "Releve")),
    *(f"gbif:{n}" for n in ("SpeciesProfile", "TypesAndSpecimen", "VernacularName")),
    *(f"ggbn:{n}" for n in ("Amplification", "Cloning", "GelImage", "Loan", "MaterialSample")),
    *(f"ggbn:{n}" for n in ("Permit", "Preparation", "Preservation")),
    *(f"germplasm:{n}" for n in ("GermplasmAccession", "MeasurementScore", "MeasurementTrait", "MeasurementTrial")),
    *(f"eol:{n}" for n in ("agent/Agent", "media/Document", "reference/Reference")),
    "chrono:ChronometricAge",
    "http://zooarchnet.org/dwc/terms/ChronometricDate",
)
_OTHER_NAMES = {f"{DWC}DarwinCore": OCCURRENCE, f"{DWC}SimpleDarwinCore": OCCURRENCE}


def term(text: str) -> str:
    """The URI of a term as GBIF's reader finds it: whatever its case, by http or https, with a prefix or by its bare name."""
    return _terms().get(_key(text), text.strip())


def row_type(text: str) -> str:
    """The URI of a row type, found in the same way."""
    return _row_types().get(_key(text), text.strip())


def is_registered(row_type: str) -> bool:
    """Whether GBIF knows the row type."""
    return row_type in _row_types().values()


def belongs(term: str, row_type: str) -> bool:
    """Whether a term is one of a row type; of row types whose terms are not listed every term is."""
    listed = _listed().get(row_type)
    if listed is None or term == OCCURRENCE_ID:
        return True
    # old definitions have Dublin Core's terms where new ones have its elements, and the other way round
    other = re.sub(r"^http://purl\.org/dc/(terms|elements/1\.1)/", r"", term)
    return term in listed or any(f"{_PREFIXES[p]}{other}" in listed for p in ("dc", "dcterms"))


def required(row_type: str) -> list[str]:
    """The terms that a row type asks for."""
    return [term for term, asked in _listed().get(row_type, {}).items() if asked]


def _key(text: str) -> str:
    return re.sub(r"^https?", "", re.sub(r"[^a-zA-Z0-9#-]+", "", text)).lower()


def _uri(short: str) -> str:
    prefix, _, name = short.partition(":")
    return _PREFIXES[prefix] + name if prefix in _PREFIXES else short


@cache
def _listed() -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = {}
    with files("exporter_dwca").joinpath("known_terms.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(_uri(row["row_type"]), {})[_uri(row["term"])] = row["required"] == "yes"
    return found


@cache
def _terms() -> dict[str, str]:
    uris = sorted({uri for terms in _listed().values() for uri in terms}, key=lambda uri: not uri.startswith(DWC))
    return _by_key({uri: uri for uri in uris})


@cache
def _row_types() -> dict[str, str]:
    known = [*_listed(), *map(_uri, _OTHER_ROW_TYPES)]
    return _by_key({uri: uri for uri in sorted(known, key=lambda uri: not uri.startswith(DWC))} | _OTHER_NAMES)


def _by_key(uris: dict[str, str]) -> dict[str, str]:
    """The same by the URI's key, by that of its name with a prefix, and by that of its bare name: Darwin Core's goes first."""
    found = {_key(written): uri for written, uri in uris.items()}
    for written, uri in uris.items():
        for prefix, space in _PREFIXES.items():
            if written.startswith(space):
                found.setdefault(_key(prefix + written[len(space) :]), uri)
                found.setdefault(_key(written[len(space) :]), uri)
    return found
