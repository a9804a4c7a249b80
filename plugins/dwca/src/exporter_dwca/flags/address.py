"""Addresses on the web, read as GBIF reads them (gbif/parsers: UrlParser; java.net.URI)."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

_PLAIN = r"[A-Za-z0-9_.!~*'();/:@&=+$,-]|%[0-9A-Fa-f]{2}|[^\x00-\x7f]"  # what a path holds; letters of other scripts, too
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*+://(?:(?:[A-Za-z0-9_.!~*'();:&=+$,-]|%[0-9A-Fa-f]{{2}})*@)?"
    rf"(?P<host>[A-Za-z0-9.-]++|\[[0-9A-Fa-f:.]++\])(?::\d*)?"
    rf"(?:/(?:{_PLAIN})*)?(?:\?(?:{_PLAIN}|[?\[\]])*)?(?:\#(?:{_PLAIN}|[?\[\]])*)?"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,60}\.[A-Za-z]{2,10}(?:/.*)?", re.DOTALL)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_FOUR = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}", re.ASCII)
_SECOND = re.compile(r"[,;]\s*[A-Za-z]+://")  # within what is one address for a reader of URIs
_SEPARATORS = ("|#DELIMITER#|", "|", ",", ";")


def is_address(text: str) -> bool:
    """Whether a text is a URI with a host; one without a scheme that begins like a domain counts as http."""
    text = text.strip()
    if not _SCHEME.match(text) and _DOMAIN.fullmatch(text):
        text = f"http://{text}"
    match = _URI.fullmatch(text)
    return match is not None and _is_host(match["host"]) and (text.isascii() or not _has_blank(text))


def all_found(text: str) -> bool:
    """Whether GBIF finds every address in a text: all of it is one, or every part by the separator that gives most."""
    if is_address(text):
        return not _SECOND.search(text)
    split = ([part for part in map(str.strip, text.split(s)) if part] for s in _SEPARATORS if s in text)
    parts = max(split, key=lambda parts: sum(map(is_address, parts)), default=[])
    return bool(parts) and all(map(is_address, parts))


@lru_cache(1024)
def _is_host(host: str) -> bool:
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1])
        except AddressValueError:
            return False
        return True
    labels = host.removesuffix(".").split(".")
    named = all(map(_LABEL.fullmatch, labels)) and labels[-1][0].isalpha()
    return named or _FOUR.fullmatch(host) is not None


def _has_blank(text: str) -> bool:
    """Whether there is a blank or a control character beyond ASCII."""
    return any(c.isspace() or ("\x80" <= c <= "\x9f") or "\ud800" <= c <= "\udfff" for c in text)
