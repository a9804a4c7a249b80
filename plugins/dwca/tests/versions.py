"""Archives in any layout, for comparisons: the same rows as event or occurrence core, quoted or not, in a zip or a folder."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import attrs

import exporter
from exporter.report import Finding

DWC, DCTERMS = "http://rs.tdwg.org/dwc/terms/", "http://purl.org/dc/terms/"
EVENT, OCCURRENCE, MEDIA = f"{DWC}Event", f"{DWC}Occurrence", "http://rs.gbif.org/terms/1.0/Multimedia"
MEASUREMENT = "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact"
TERMS = {name: f"{DCTERMS}{name}" for name in ("identifier", "title", "modified", "license")}
EML = """<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0">
<dataset><title>Moths of a meadow</title></dataset></eml:eml>"""

Row = Mapping[str, str]


@attrs.frozen
class Table:
    """A data file. The column `id` is the core's identifier; a term in `constant` has no column.

    :param default: what empty cells of a term mean.
    """

    row_type: str
    columns: Sequence[str]
    rows: Sequence[Row]
    name: str
    default: Mapping[str, str] = attrs.field(factory=dict)
    constant: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Dialect:
    """How files are written."""

    delimiter: str = "\t"
    quote: str = ""
    end: str = "\n"
    encoding: str = "utf-8"
    header: bool = True
    base: str = ""


def archive(path: Path, *tables: Table, dialect: Dialect | None = None) -> Path:
    """An archive, the core first; a zip where the name says so, else a folder."""
    dialect = dialect or Dialect()
    files = {"meta.xml": meta(tables, dialect).encode(), "eml.xml": EML.encode()}
    files |= {table.name: content(table, dialect) for table in tables}
    if path.suffix != ".zip":
        for name, data in files.items():
            (path / dialect.base).mkdir(parents=True, exist_ok=True)
            (path / dialect.base / name).write_bytes(data)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(dialect.base + name, data)
    return path


def meta(tables: Sequence[Table], dialect: Dialect) -> str:
    written = "".join(_described(table, dialect, n == 0) for n, table in enumerate(tables))
    return f'<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">{written}</archive>'


def _described(table: Table, dialect: Dialect, core: bool) -> str:
    settings = {
        "rowType": table.row_type,
        "fieldsTerminatedBy": {"\t": "\\t"}.get(dialect.delimiter, dialect.delimiter),
        "linesTerminatedBy": {"\n": "\\n", "\r\n": "\\r\\n"}[dialect.end],
        "fieldsEnclosedBy": dialect.quote,
        "encoding": dialect.encoding,
        "ignoreHeaderLines": str(int(dialect.header)),
    }
    words = " ".join(f"{name}={quoteattr(value)}" for name, value in settings.items())
    fields = "".join(_field(table, n, name, core) for n, name in enumerate(table.columns))
    fields += "".join(f"<field term={quoteattr(_term(n))} default={quoteattr(v)}/>" for n, v in table.constant.items())
    kind = "core" if core else "extension"
    return f"<{kind} {words}><files><location>{table.name}</location></files>{fields}</{kind}>"


def _field(table: Table, number: int, name: str, core: bool) -> str:
    if name == "id":
        return f'<{"id" if core else "coreid"} index="{number}"/>'
    default = f" default={quoteattr(table.default[name])}" if name in table.default else ""
    return f'<field index="{number}" term={quoteattr(_term(name))}{default}/>'


def _term(name: str) -> str:
    return TERMS.get(name, DWC + name)


def content(table: Table, dialect: Dialect) -> bytes:
    text = io.StringIO()
    rows = [[row.get(name, "") for name in table.columns] for row in table.rows]
    lines = [list(table.columns), *rows] if dialect.header else rows
    if dialect.quote:
        writer = csv.writer(text, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator=dialect.end)
        writer.writerows(lines)
    else:
        text.writelines(dialect.delimiter.join(line) + dialect.end for line in lines)
    return text.getvalue().encode(dialect.encoding)


CODES = ("ID_", "ROW_", "COLUMNS_", "NOTHING_", "NOT_COMPARED")


def compared(new: Path, old: Path, **options: Any) -> list[Finding]:
    """What a check says of changes."""
    findings = exporter.check(new, "dwca", options={"compare": str(old), **options})
    return [f for f in findings if f.code.startswith(CODES)]
