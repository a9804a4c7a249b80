"""The XML documents of an archive as they are read back: held by a schema, and refused where one could harm who reads it."""

from __future__ import annotations

import codecs
import re
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from exporter.containers import DOCUMENT, Archive

_DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_LOCATIONS = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_VAGUE = re.compile(r"failed to validate|Extra element|Invalid sequence|Internal error|Error validating")
_MARKUP = 500_000  # tags and attributes: each takes a hundred bytes of the tree
_SHOWN = 3  # problems that a finding names


class Refused(Exception):
    """A document that cannot be read, or must not be."""


def read(archive: Archive, name: str) -> bytes:
    """A document of an archive.

    :raises Refused: when it is larger than any is, or would be as a tree.
    """
    content = archive.read(name, DOCUMENT + 1)
    if len(content) > DOCUMENT:
        raise Refused(f"it is larger than {DOCUMENT:,} bytes")
    if content.count(b"<") + content.count(b"=") > _MARKUP:
        raise Refused(f"it has more than {_MARKUP:,} tags and attributes")
    return content


def parsed(content: bytes) -> Any:
    """The root of a document.

    :raises Refused: when it is not well-formed, or has a DOCTYPE: whose entities may grow without end, or name files.
    """
    if _DOCTYPE.search(_skimmed(content)):
        raise Refused("it has a DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(f"it is not well-formed: {getattr(error, 'msg', error)}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("it has a DOCTYPE")
    return root


def problems(root: Any, schema: str) -> list[str]:
    """What a schema of ours finds wrong with a document, the first of it, with lines and elements.

    Afterwards the document has no xsi:schemaLocation any more, which may stand anywhere and which no schema names.

    :param schema: its name in the folder schemas.
    """
    for element in root.iter("*"):
        for name in _LOCATIONS:
            element.attrib.pop(name, None)
    compiled = _schema(schema)
    if compiled.validate(root):
        return []
    log: Any = compiled.error_log
    found = [(entry.line, entry.message) for entry in log]
    exact = [f"line {line}: {message}" for line, message in dict.fromkeys(found) if not _VAGUE.search(message)]
    return exact[:_SHOWN] or [f"line {line}: {message}" for line, message in found[:1]]


def _skimmed(content: bytes) -> str:
    """The characters in which a DOCTYPE would stand, whatever the encoding."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:4]:
        return content.replace(b"\0", b"").decode("latin-1")
    return content.decode("latin-1")


@cache
def _schema(name: str) -> etree.RelaxNG:
    with files("exporter_dwca").joinpath("schemas", name).open("rb") as file:
        return etree.RelaxNG(etree.parse(file))
