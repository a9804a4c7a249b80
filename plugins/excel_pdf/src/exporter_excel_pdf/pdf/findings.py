"""What can be said of a PDF report and of a PDF file, each under a code, and whose rule it is."""

from __future__ import annotations

from exporter.notes import Problem

_ISO = "ISO 32000-1"
_OURS = "ours"
PROBLEMS: dict[str, Problem] = {
    # of a run
    "GLYPH_MISSING": Problem(
        "warning", "No font has these characters (--font FILE names one that does); a mark stands in place of each.", _OURS
    ),
    "GEOMETRY_NOT_GIVEN": Problem("info", "A measurement has no geometry; its row is there, and no plan shows it.", _OURS),
    "GEOMETRY_BROKEN": Problem(
        "warning", "A geometry is not what its type has; the row of the measurement is there, and no plan shows it.", _OURS
    ),
    "GEOMETRY_OUTSIDE": Problem(
        "warning", "A measurement lies outside its page; its row is there, and no plan shows it.", _OURS
    ),
    "PLAN_NOT_SHOWN": Problem(
        "info", "A measurement names no page that is there; its row is there, and no plan shows it.", _OURS
    ),
    # of a file
    "PDF_UNREADABLE": Problem("error", "The file cannot be read as PDF.", _ISO),
    "PDF_HEADER": Problem("error", "The file does not begin with %PDF-.", f"{_ISO}, 7.5.2"),
    "PDF_CUT": Problem("error", "The file does not end with %%EOF: something of it is missing.", f"{_ISO}, 7.5.5"),
    "PDF_XREF": Problem(
        "error", "The table of the file's objects is not where the file says, or is none.", f"{_ISO}, 7.5.4"
    ),
    "PDF_ENCRYPTED": Problem("warning", "The file is encrypted; nothing more was looked at.", _OURS),
    "PDF_NO_PAGES": Problem("error", "The file has no page.", f"{_ISO}, 7.7.3"),
    "PDF_PAGE_COUNT": Problem("error", "The file has not as many pages as it says.", f"{_ISO}, 7.7.3.2"),
    "PDF_PAGE_BROKEN": Problem("error", "A page cannot be read.", _ISO),
    "PDF_FONT_NOT_EMBEDDED": Problem(
        "warning", "A font is not in the file: other machines show another one.", "ISO 19005-1, 6.3.4"
    ),
    "PDF_NO_TEXT": Problem("info", "The first pages have no text that can be searched.", _OURS),
    "PDF_TOO_LARGE": Problem("warning", "The file is too large to be looked at in full.", _OURS),
}
