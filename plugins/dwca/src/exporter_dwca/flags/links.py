"""Addresses: of media, and of pages about records."""

from __future__ import annotations

from exporter_dwca.flags import Flag
from exporter_dwca.flags.address import all_found, is_address
from exporter_dwca.flags.look import AUDIOVISUAL, BETWEEN, GBIF, IMAGE, MULTIMEDIA, OCCURRENCE, OURS, RECORDS, Look, given

_URI = "no URI with a host, as Java reads it: blanks must be %20, and a host has no underscore"

FLAGS = (
    Flag(
        "MULTIMEDIA_URI_INVALID",
        "warning",
        "Media without an address that can be read",
        f"identifier is {_URI}; or neither identifier nor references is an address, and GBIF leaves the row out. "
        "Of an audiovisual row: accessURI.",
        f"{GBIF}: MultimediaInterpreter, AudubonInterpreter, ImageInterpreter, UrlParser",
    ),
    Flag(
        "REFERENCES_URI_INVALID",
        "warning",
        "References that are no addresses",
        f"references of an event or occurrence is {_URI}.",
        f"{GBIF}: CoreInterpreter, UrlParser",
    ),
    Flag(
        "ASSOCIATED_MEDIA_URI_INVALID",
        "info",
        "Associated media that GBIF does not find",
        "associatedMedia holds a part that is no address, or several addresses between commas or semicolons, "
        "which GBIF takes for one. "
        "Separate them with ' | ', or write multimedia rows. GBIF says nothing.",
        OURS,
    ),
)


def looks() -> tuple[Look, ...]:
    """The checks of addresses."""
    host = r"https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z]+"
    usual = host + r"(?::\d++)?(?:/[A-Za-z0-9_.~/-]*+)?"
    return (
        Look(("references",), RECORDS, _judge_references, f"(?:{usual})?"),
        Look(
            ("identifier", "references"),
            frozenset({MULTIMEDIA, IMAGE}),
            _judge_multimedia,
            f"{usual}{BETWEEN}[^\\n{BETWEEN}]*+",
        ),
        Look(("accessURI",), frozenset({AUDIOVISUAL}), _judge_access, f"(?:{usual})?"),
        Look(("associatedMedia",), frozenset({OCCURRENCE}), _judge_associated, f"(?:{usual})?"),
    )


def _judge_references(cell: str) -> tuple[str, ...]:
    text = given(cell)
    return () if not text or is_address(text) else ("REFERENCES_URI_INVALID",)


def _judge_multimedia(identifier: str, references: str) -> tuple[str, ...]:
    text = given(identifier)
    good = is_address(text) if text else is_address(given(references))
    return () if good else ("MULTIMEDIA_URI_INVALID",)


def _judge_access(cell: str) -> tuple[str, ...]:
    text = given(cell)
    return () if not text or is_address(text) else ("MULTIMEDIA_URI_INVALID",)


def _judge_associated(cell: str) -> tuple[str, ...]:
    text = given(cell)
    return () if not text or all_found(text) else ("ASSOCIATED_MEDIA_URI_INVALID",)
