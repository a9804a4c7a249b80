"""What can be wrong with a workbook, and what a run changes in one, each under a code, and who says so."""

from __future__ import annotations

from exporter.notes import Problem

_ECMA = "ECMA-376"
_EXCEL = "Excel specifications and limits"
_OURS = "ours"
PROBLEMS: dict[str, Problem] = {
    "XLSX_UNREADABLE": Problem("error", "The file is no zip, or a file in it cannot be read.", _ECMA),
    "XLSX_MISSING": Problem("error", "A file of the workbook is missing that others refer to.", _ECMA),
    "XLSX_TOO_LARGE": Problem("error", "The files inflate to more than is looked at; nothing was read.", _OURS),
    "XML_BROKEN": Problem("error", "A file is no XML, or it has a DOCTYPE or more levels than any program writes.", _ECMA),
    "CONTENT_TYPE_MISSING": Problem("error", "A file has no content type.", _ECMA),
    "SHEETS_MISSING": Problem("error", "The workbook has no sheets.", _ECMA),
    "SHEET_NAME_BROKEN": Problem(
        "error",
        "A sheet's name is empty, longer than 31 characters, or has one of []:*?/\\ or an apostrophe at an end.",
        _EXCEL,
    ),
    "SHEET_NAME_DUPLICATE": Problem("error", "Several sheets have one name, where case does not count.", _EXCEL),
    "SHEET_LIMIT": Problem("error", "A cell is beyond row 1,048,576 or column XFD.", _EXCEL),
    "CELL_ORDER": Problem("error", "Rows or cells are not in ascending order, or there twice.", _ECMA),
    "CELL_BROKEN": Problem("error", "A cell has a reference that is none, or another row's.", _ECMA),
    "NUMBER_BROKEN": Problem("error", "A cell of numbers holds what is no finite number.", _ECMA),
    "TEXT_TOO_LONG": Problem("error", "A text is longer than 32,767 characters.", _EXCEL),
    "STYLE_UNKNOWN": Problem("error", "A cell names a style that the style sheet does not have.", _ECMA),
    "STRING_UNKNOWN": Problem("error", "A cell names a shared string that is not there.", _ECMA),
    "FORMULA_TOO_LONG": Problem("error", "A formula is longer than 8,192 characters.", _EXCEL),
    "FORMULA_REFERENCE": Problem(
        "error", "A formula, link or name refers to a sheet that is not there, or to #REF!.", _ECMA
    ),
    "FORMULA_ERROR": Problem("warning", "A cell shows an error such as #DIV/0!.", _OURS),
    "MERGE_OVERLAP": Problem("error", "Two merged ranges share cells.", _EXCEL),
}
