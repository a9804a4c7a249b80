"""What is looked at in a finished PDF, ours or another's: its frame by its bytes, its pages and fonts as pypdf reads them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader

from exporter.notes import Notes
from exporter.report import Finding
from exporter_excel_pdf.pdf.findings import PROBLEMS

_HEADER = b"%PDF-"
_TAIL = 2048  # bytes at the end in which the last words stand
_LAST = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_XREF = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)\b")
_LARGEST = 512 << 20  # bytes of a file that is read in full
_MOST_PAGES = 5000  # that are looked at
_FORGET = 50  # pages after which the reader forgets what it has read
_WITH_TEXT = 3  # pages whose text is read
_LONGEST = 4 << 20  # bytes of a page's content that is read for text
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def check(file: Path) -> Iterator[Finding]:
    """What is wrong with a file."""
    notes = Notes(PROBLEMS)
    try:
        if _frame(file, notes):
            _inside(file, notes)
    except OSError as error:
        notes.add("PDF_UNREADABLE", error)
    return notes.findings()


def _frame(file: Path, notes: Notes) -> bool:
    """The beginning, the end, and whether the table of objects is where the end says; whether a look inside is worth it."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        if opened.read(len(_HEADER)) != _HEADER:
            notes.add("PDF_HEADER", file.name)
            return False
        opened.seek(max(0, size - _TAIL))
        tail = opened.read()
        if b"%%EOF" not in tail:
            notes.add("PDF_CUT", file.name)
            return False
        ends = _LAST.findall(tail)
        begin = int(ends[-1][:20]) if ends else size
        opened.seek(min(begin, size))
        if not _XREF.match(opened.read(64)):
            notes.add("PDF_XREF", f"byte {begin}")
            return False
    if size > _LARGEST:
        notes.add("PDF_TOO_LARGE", f"{size:,} bytes")
    return size <= _LARGEST


def _inside(file: Path, notes: Notes) -> None:
    """Pages, fonts and text. A reader of strange files may raise anything: what it says is a finding."""
    with _silent(), file.open("rb") as opened:
        try:
            reader = PdfReader(opened, strict=False)
            if reader.is_encrypted:
                notes.add("PDF_ENCRYPTED", file.name)
                return
            told = _told(reader)
            pages = list(islice(_pages(reader), _MOST_PAGES + 1))
        except Exception as error:
            notes.add("PDF_UNREADABLE", f"{type(error).__name__}: {error}")
            return
        if not pages:
            notes.add("PDF_NO_PAGES", file.name)
        elif len(pages) > _MOST_PAGES:
            notes.add("PDF_TOO_LARGE", f"more than {_MOST_PAGES:,} pages")
        elif told != len(pages):
            notes.add("PDF_PAGE_COUNT", f"{told} told, {len(pages)} found")
        _fonts_and_text(pages[:_MOST_PAGES], notes)


def _told(reader: PdfReader) -> Any:
    """How many pages the root of their tree says that there are."""
    return reader.root_object["/Pages"]["/Count"]  # type: ignore[index]


def _pages(reader: PdfReader) -> Iterator[Any]:
    """The leaves of the tree of pages; a node that is met again is passed over, so that no circle is walked for ever."""
    met: set[int] = set()
    count = 0
    ahead = [reader.root_object.raw_get("/Pages")]
    while ahead:
        reference = ahead.pop()
        number = getattr(reference, "idnum", None)
        node = reference.get_object()
        if number in met or not isinstance(node, dict):
            continue
        met |= {number} if number is not None else set()
        if "/Kids" in node:
            ahead += reversed(list(islice(node["/Kids"], _MOST_PAGES + 1)))
        else:
            yield reference
            count += 1
            if count % _FORGET == 0:
                reader.resolved_objects.clear()


def _fonts_and_text(pages: list[Any], notes: Notes) -> None:
    seen: set[object] = set()
    text = ""
    for number, reference in enumerate(pages, 1):
        try:
            page = reference.get_object()
            if number % _FORGET == 0:
                reference.pdf.resolved_objects.clear()
            for name in _not_embedded(page, seen):
                notes.add("PDF_FONT_NOT_EMBEDDED", name)
            if number <= _WITH_TEXT:
                text += _text(page)
        except Exception as error:
            notes.add("PDF_PAGE_BROKEN", f"page {number}: {type(error).__name__}: {error}")
    if pages and not text.strip():
        notes.add("PDF_NO_TEXT")


def _not_embedded(page: Any, seen: set[object]) -> Iterator[str]:
    """The fonts that a page names and the file has not, each once."""
    shared = page.raw_get("/Resources") if "/Resources" in page else None
    known = getattr(shared, "idnum", None)
    if shared is None or known in seen:
        return
    if known is not None:
        seen.add(known)
    for reference in (shared.get_object().get("/Font") or {}).values():
        font = reference.get_object()
        base = str(font.get("/BaseFont", ""))
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = inner.get("/FontDescriptor")
        has_file = described is not None and any(name in described.get_object() for name in _FILES)
        if not has_file and font.get("/Subtype") != "/Type3" and base not in seen:
            seen.add(base)
            yield base.removeprefix("/")


def _text(page: Any) -> str:
    """The text of a page, unless it is so long that reading it would take long."""
    found = PageObject(page.pdf if hasattr(page, "pdf") else None)
    found.update(page)
    contents = found.get_contents()
    if contents is None or len(contents.get_data()) > _LONGEST:
        return ""
    return found.extract_text()


@contextmanager
def _silent() -> Iterator[None]:
    """What pypdf tells its log it mends is kept quiet: findings say it."""
    logger, nowhere = logging.getLogger("pypdf"), logging.NullHandler()
    before = logger.propagate
    logger.addHandler(nowhere)  # without any handler, Python would print what is meant for one
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = before
        logger.removeHandler(nowhere)
