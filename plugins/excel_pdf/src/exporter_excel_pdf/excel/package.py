"""What ties the files of a workbook together (ECMA-376 parts 1 and 2): content types, relations, properties, the list of sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from exporter_excel_pdf.excel.cells import markup, quoted
from exporter_excel_pdf.excel.sheet import MAIN, RELATIONS, Listed
from exporter_excel_pdf.excel.styles import XML

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "/xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet.main+xml",
    "/xl/styles.xml": f"{_OFFICE}.spreadsheetml.styles+xml",
    "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "/docProps/app.xml": f"{_OFFICE}.extended-properties+xml",
}
_WORKSHEET = f"{_OFFICE}.spreadsheetml.worksheet+xml"
_DRAWING = "/xl/drawings/drawing1.xml"


def content_types(charts: int) -> str:
    """What each file is: worksheets are what any XML file is that is not named here, however many they become."""
    types = dict(_TYPES)
    if charts:
        types[_DRAWING] = f"{_OFFICE}.drawing+xml"
    types |= {f"/xl/charts/chart{n}.xml": f"{_OFFICE}.drawingml.chart+xml" for n in range(1, charts + 1)}
    overrides = "".join(f'<Override PartName="{name}" ContentType="{type}"/>' for name, type in types.items())
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    worksheets = f'<Default Extension="xml" ContentType="{_WORKSHEET}"/>'
    return f'{XML}<Types xmlns="{_PACKAGE}/content-types">{relations}{worksheets}{overrides}</Types>'


def relations(targets: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Relations rId1, rId2 and so on.

    :param targets: the kind of each, as the last words of its type, or the whole type, and where it leads.
    """
    yield f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    for number, (kind, target) in enumerate(targets, 1):
        type = kind if ":" in kind else f"{RELATIONS}/{kind}"
        yield f'<Relationship Id="rId{number}" Type="{type}" Target="{target}"/>'
    yield "</Relationships>"


def of_package() -> Iterator[str]:
    """What a reader finds first."""
    return relations(
        [
            ("officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ("extended-properties", "docProps/app.xml"),
        ]
    )


def core_properties(title: str, created: dt.datetime) -> str:
    """Who made it, and when."""
    when = created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{markup(title)}</dc:title><dc:creator>Exporter</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created></cp:coreProperties>'
    )


def app_properties() -> str:
    """With which program."""
    kind = RELATIONS.replace("relationships", "extended-properties")
    return f'{XML}<Properties xmlns="{kind}"><Application>Exporter</Application></Properties>'


def workbook(sheets: Sequence[tuple[Listed, int]]) -> Iterator[str]:
    """The sheets in the order in which they are seen, each with its relation."""
    yield f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="0"/><bookViews>'
    yield '<workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="15000" tabRatio="800"/></bookViews><sheets>'
    for number, (sheet, relation) in enumerate(sheets, 1):
        yield f'<sheet name="{markup(sheet.name)}" sheetId="{number}" r:id="rId{relation}"/>'
    yield "</sheets><definedNames>"  # the Summary has some
    yield from (_names(number, sheet) for number, (sheet, _) in enumerate(sheets))
    yield '</definedNames><calcPr calcId="191029"/></workbook>'


def _names(number: int, sheet: Listed) -> str:
    """The filter's range, what print takes in where that is not all, and what it repeats."""
    if not sheet.header:
        return ""
    name = markup(quoted(sheet.name))
    range = f"{name}!$A${sheet.header}:${sheet.column}${sheet.last}"
    rows = f"{name}!${sheet.header}:${sheet.header}"
    columns = f"{name}!$A:${sheet.repeated}," if sheet.repeated else ""
    area = ""
    if sheet.printed is not None:
        column, row = sheet.printed
        area = f'<definedName name="_xlnm.Print_Area" localSheetId="{number}">{name}!$A$1:${column}${row}</definedName>'
    return (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">{range}</definedName>{area}'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">{columns}{rows}</definedName>'
    )
