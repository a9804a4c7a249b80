"""The document about the data set as GBIF reads it back: whether it is there, valid by GBIF's metadata profile, and says enough."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from exporter.containers import Archive
from exporter.errors import InputError
from exporter.records.biodiversity.dataset import normal_license
from exporter.report import Finding
from exporter_dwca.flags.of_archives import found
from exporter_dwca.xmldocs import Refused, parsed, problems, read

PROFILE = "gbif-profile/1.3/eml.xsd"  # how the address of the profile ends that we write, and whose structure we check
_DEFAULT_NAMES = ("eml.xml", "metadata.xml")  # where meta.xml names none
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TITLE, _DESCRIPTION = 10, 25  # characters at least


def check_eml(archive: Archive, named: str) -> Iterator[Finding]:
    """The findings on the document about the data set.

    :param named: its name as GBIF finds it in meta.xml, or empty.
    """
    name = named or next(filter(archive.has, _DEFAULT_NAMES), _DEFAULT_NAMES[0])
    if not archive.has(name):
        yield found("EML_NOT_FOUND", f"there is no {ascii(name[:100])[1:-1]}", part=name)
        return
    try:
        content = read(archive, name)
    except Refused as error:
        yield found("EML_GBIF_SCHEMA", str(error), part=name)
        return
    yield from check_document(content, name)


def check_document(content: bytes, name: str) -> Iterator[Finding]:
    """The findings on the document itself, by its name."""
    try:
        content.decode()
        root = parsed(content)
    except UnicodeDecodeError:
        yield found("EML_GBIF_SCHEMA", "it is no UTF-8", part=name)
        return
    except Refused as error:
        yield found("EML_GBIF_SCHEMA", str(error), part=name)
        return
    yield from _structure(content, root, name)
    yield from _content(root, name)


def _structure(content: bytes, root: Any, name: str) -> Iterator[Finding]:
    """GBIF reads the name of the schema from the text of the root, and then validates by the schema of that name."""
    location = root.get(f"{{{_XSI}}}schemaLocation") if root.nsmap.get("xsi") == _XSI else None
    words = (location or "").split(" ")
    if content.startswith(b"\xef\xbb\xbf"):
        yield found("EML_GBIF_SCHEMA", "it begins with a byte order mark, at which GBIF's parser stops", part=name)
    if root.getprevious() is not None:
        yield found(
            "EML_GBIF_SCHEMA", "a comment or an instruction stands before the root, where GBIF looks for it", part=name
        )
    if location is None:
        yield found("EML_GBIF_SCHEMA", "the root has no attribute xsi:schemaLocation", part=name)
    elif len(words) != 2:
        yield found("EML_GBIF_SCHEMA", "xsi:schemaLocation is not two words with one blank between", part=name)
    elif not words[1].endswith(PROFILE):
        yield found("EML_SCHEMA_NOT_CHECKED", ascii(words[1][:100])[1:-1], part=name)
    elif wrong := problems(root, "eml-gbif-1.3.rng"):
        yield found("EML_GBIF_SCHEMA", "; ".join(wrong), part=name)


def _content(root: Any, name: str) -> Iterator[Finding]:
    titles = [_text(e) for e in root.iterfind("dataset/title")]
    if not titles or len(titles[-1]) < _TITLE:
        yield found("TITLE_MISSING_OR_TOO_SHORT", part=name)
    paragraphs = [_own_text(e) for e in root.iterfind("dataset/abstract/para")]
    if len("\n".join(filter(None, paragraphs))) < _DESCRIPTION:
        yield found("DESCRIPTION_MISSING_OR_TOO_SHORT", part=name)
    if not _licensed(root):
        yield found("LICENSE_MISSING_OR_UNKNOWN", part=name)
    if not any(_text(e) for e in root.iterfind("dataset/creator/individualName/surName")):
        yield found("RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE", part=name)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _own_text(element: Any) -> str:
    """The text of an element without that of its children."""
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _licensed(root: Any) -> bool:
    links = list(root.iterfind("dataset/intellectualRights/para/ulink"))
    words = [word for link in links for word in (link.get("url", ""), *(_text(t) for t in link.iterfind("citetitle")))]
    for word in words:
        with contextlib.suppress(InputError):
            if word and normal_license(word):
                return True
    return False
