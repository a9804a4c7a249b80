"""meta.xml as it is read back: what it says of each data file, as GBIF's reader (gbif/dwca-io) takes it, and what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from exporter.containers import Archive, safe_name
from exporter.report import EXAMPLES, Finding
from exporter_dwca import known
from exporter_dwca.flags.of_archives import found
from exporter_dwca.scan import Column, Layout, known_encoding
from exporter_dwca.xmldocs import Refused, parsed, problems, read

NAME = "meta.xml"
_METADATA = re.compile(r"metadata=[\"']([^\"']+)[\"']", re.IGNORECASE)  # as GBIF looks for it, in each line
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\f": "\f"}
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_LINE_ENDS = ("\n", "\r", "\r\n")


@attrs.define
class Meta:
    """What meta.xml says.

    :param core: None where there is none that could be read.
    :param metadata: the name of the document about the data set, as GBIF finds it: empty where it finds none.
    :param unread: data files that no reader takes as they are described: their rows are not looked at.
    """

    core: Layout | None = None
    extensions: list[Layout] = attrs.field(factory=list)
    metadata: str = ""
    unread: set[str] = attrs.field(factory=set)
    findings: list[Finding] = attrs.field(factory=list)


def read_meta(archive: Archive) -> Meta:
    """What the archive's meta.xml says, with the findings on it."""
    meta = Meta()
    try:
        content = read(archive, NAME)
        root = parsed(content)
    except Refused as error:
        meta.findings.append(found("DWCA_META_XML_SCHEMA", str(error), part=NAME))
        return meta
    meta.metadata = _metadata(content)
    if wrong := problems(root, "dwc-text.rng"):
        meta.findings.append(found("DWCA_META_XML_SCHEMA", "; ".join(wrong), part=NAME))
    named = _get(root, "metadata")
    if named and named != meta.metadata:
        other = f"GBIF takes {meta.metadata}" if meta.metadata else "GBIF does not find that"
        detail = f'the document is named {_short(named)}, but not as metadata="..." on one line: {other}'
        meta.findings.append(found("META_XML_DOUBTFUL", detail, part=NAME))
    _read_files(meta, root)
    return meta


def _metadata(content: bytes) -> str:
    """The name as GBIF finds it, line by line, or empty."""
    return next((m[1] for line in content.decode("utf-8", "replace").splitlines() if (m := _METADATA.search(line))), "")


def _read_files(meta: Meta, root: Any) -> None:
    cores, extensions = (list(root.iter("{*}" + tag)) for tag in ("core", "extension"))
    if not cores:
        return
    meta.core = _described(cores[-1], "id", meta)
    for element in extensions:
        layout = _described(element, "coreid", meta)
        if layout.id_index is None:
            name = layout.locations[0]
            meta.findings.append(found("RECORD_IDENTIFIER_NOT_FOUND", f"{name} has no <coreid> with an index", part=name))
            meta.unread.update(layout.locations)
        meta.extensions.append(layout)
    name = meta.core.locations[0]
    if meta.extensions and meta.core.id_index is None:
        meta.findings.append(found("RECORD_IDENTIFIER_NOT_FOUND", "the core has extensions, but no <id>", part=name))
    if meta.core.row_type not in (known.OCCURRENCE, known.EVENT, known.TAXON):
        meta.findings.append(found("CORE_ROWTYPE_UNDETERMINED", meta.core.row_type or "none is given", part=name))


def _described(element: Any, id: str, meta: Meta) -> Layout:
    """A data file: what is missing, or is no number, is what GBIF's reader takes then."""
    texts = ["".join(e.itertext()).strip() for e in element.iterfind("{*}files/{*}location")]
    locations = tuple(safe_name(text) or text for text in texts)
    ids = [i for e in element.iterfind("{*}" + id) if (i := _index(e)) is not None]
    fields = list(element.iterfind("{*}field"))
    columns = tuple(Column(known.term(_get(f, "term")), _index(f), _get(f, "default")) for f in fields)
    layout = Layout(
        known.row_type(_get(element, "rowType")),
        locations or ("",),
        _unescaped(_get(element, "fieldsTerminatedBy")) or ",",
        _unescaped(_get(element, "linesTerminatedBy")) or "\n",
        _quote(element),
        _get(element, "encoding") or "UTF-8",
        max(0, _number(_get(element, "ignoreHeaderLines")) or 0),
        ids[-1] if ids else None,
        max([*ids, *(c.index for c in columns if c.index is not None)], default=-1) + 1,
        columns,
    )
    meta.findings += _unusable(layout, element, meta)
    meta.findings += _doubtful(layout, element)
    meta.findings += _mapped(layout)
    return layout


def _get(element: Any, name: str) -> str:
    """An attribute; a blank one is as none."""
    return str(element.get(name) or "") if (element.get(name) or "").strip() else ""


def _unescaped(text: str) -> str:
    for written, meant in _ESCAPES.items():
        text = text.replace(written, meant)
    return text


def _quote(element: Any) -> str:
    """What encloses cells: a quote where nothing is said, nothing where an empty text is said."""
    given = element.get("fieldsEnclosedBy")
    return '"' if given is None else _unescaped(given.strip())


def _number(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text.strip()) else None


def _index(element: Any) -> int | None:
    number = _number(_get(element, "index"))
    return number if number is not None and number >= 0 else None


# --- what is wrong


def _unusable(layout: Layout, element: Any, meta: Meta) -> Iterator[Finding]:
    """What makes readers give up; the rows are then not looked at."""
    part = layout.locations[0]
    wrong = [
        *(
            f"meta.xml names {_short(n) or 'no file'}, which lies outside of the archive"
            for n in layout.locations
            if not safe_name(n)
        ),
        *(f"{what} has {len(text)} characters" for what, text in _separators(layout) if len(text) > 1),
        *(f"{what} is a line end" for what, text in _separators(layout) if text in ("\n", "\r")),
    ]
    if layout.delimiter == layout.quote:
        wrong.append("fieldsTerminatedBy is the same as fieldsEnclosedBy")
    if not known_encoding(layout.encoding):
        wrong.append(f"nobody knows the encoding {_short(layout.encoding)}")
    if any(e.get("index") is not None and _index(e) is None for e in element):
        wrong.append("an index is no whole number from 0 on")
    if wrong:
        meta.unread.update(layout.locations)
        yield found("DWCA_UNREADABLE", "; ".join(wrong), part=part)


def _separators(layout: Layout) -> tuple[tuple[str, str], ...]:
    return ("fieldsTerminatedBy", layout.delimiter), ("fieldsEnclosedBy", layout.quote)


def _doubtful(layout: Layout, element: Any) -> Iterator[Finding]:
    part = layout.locations[0]
    fields = zip(layout.columns, element.iterfind("{*}field"), strict=True)
    nothing = [column.term for column, e in fields if e.get("index") is None and e.get("default") is None]
    if nothing:
        yield _of_terms("META_XML_DOUBTFUL", "fields with neither index nor default", nothing, part)
    if layout.line_end not in _LINE_ENDS:
        yield found("META_XML_DOUBTFUL", "linesTerminatedBy is no line end; readers look for LF, CR LF or CR", part=part)
    given = element.get("fieldsTerminatedBy")
    if given is not None and not given.strip():
        yield found(
            "META_XML_DOUBTFUL", "fieldsTerminatedBy is blank; readers take a comma (a tab is written \\t)", part=part
        )


def _mapped(layout: Layout) -> Iterator[Finding]:
    """What fields say that belong to a row type that GBIF knows."""
    part, row_type = layout.locations[0], layout.row_type
    columns = [c.index for c in layout.columns if c.index is not None]
    twice = sorted(index for index, count in Counter(columns).items() if count > 1)
    if twice:
        yield found(
            "COLUMN_MAPPED_TWICE", count=len(twice), examples=[f"{part}: column {i}" for i in twice[:EXAMPLES]], part=part
        )
    if not known.is_registered(row_type):
        if row_type:
            yield found("UNKNOWN_ROWTYPE", _short(row_type), part=part)
        return
    terms = [c.term for c in layout.columns]
    repeated = [term for term, count in Counter(terms).items() if count > 1]
    strange = [term for term in dict.fromkeys(terms) if term and not known.belongs(term, row_type)]
    missing = [term for term in known.required(row_type) if term not in terms]
    if row_type == known.OCCURRENCE and known.OCCURRENCE_ID not in terms and not set(known.TRIPLET).issubset(terms):
        missing.append(known.OCCURRENCE_ID)
    for code, wrong in (("DUPLICATED_TERM", repeated), ("UNKNOWN_TERM", strange), ("REQUIRED_TERM_MISSING", missing)):
        if wrong:
            yield _of_terms(code, "", wrong, part)


def _of_terms(code: str, detail: str, terms: Sequence[str], part: str) -> Finding:
    return found(code, detail, count=len(terms), examples=[f"{part}: {term}" for term in terms[:EXAMPLES]], part=part)


def _short(text: str) -> str:
    return ascii(text[:100])[1:-1]
