"""The fonts of one report: regular and bold, and the characters that none of them has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from exporter.notes import Notes
from exporter.report import Finding
from exporter.sanitize import PDF, Cleaner
from exporter_excel_pdf.pdf.faces import Face
from exporter_excel_pdf.pdf.findings import PROBLEMS
from exporter_excel_pdf.pdf.fontfiles import machine_fonts, own_fonts
from exporter_excel_pdf.pdf.objects import Objects, dictionary, refer
from exporter_excel_pdf.pdf.typefaces import UNKNOWN, Typeface


class Fonts:
    """What a report is written in, and its texts made fit for that.

    DejaVu Sans writes Latin, Greek, Cyrillic, Arabic and Hebrew. Fonts of the user go before it, but for bold text, of which only
    those do that are bold themselves. Where a character is in none of them, fonts of this machine are looked at.

    :param given: files of fonts that the user names. :raises InputError: for one that is none.
    """

    def __init__(self, given: Sequence[Path] = ()) -> None:
        self._faces: list[Face] = []
        regular, bold = map(self._face, own_fonts())
        of_user = [self._face(path) for path in given]
        heavy = [face for face in of_user if face.is_bold]
        light = [face for face in of_user if not face.is_bold]
        self.regular = Typeface([*light, regular, *heavy])
        self.bold = Typeface([*heavy, bold, *light, regular])
        self._cleaner = Cleaner(PDF)
        self._known: set[str] = set()
        self._missing: set[str] = set()
        self._notes = Notes(PROBLEMS)

    def text(self, name: str, text: str) -> str:
        """A text of a column as it can be shown."""
        return self.column(name, (text,))[0]

    def column(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """The texts of a column as they can be shown; characters that no font has are U+FFFD, and counted."""
        texts = self._cleaner.column(name, texts)
        found = set().union(*texts)
        if not found <= self._known:
            texts = self._with_known(texts, found)
        return texts

    def rows(self, names: Sequence[str], batch: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
        """The rows of a batch, whose columns have these names, as they can be shown."""
        columns = zip(names, zip(*batch, strict=True), strict=True)
        return zip(*[self.column(name, texts) for name, texts in columns], strict=True)

    def findings(self, part: str) -> Iterator[Finding]:
        """What was changed in the texts."""
        yield from self._cleaner.findings("measurement", part)
        yield from self._notes.findings()

    def embed(self, objects: Objects) -> str:
        """Write the fonts that were used; their dictionary for the pages."""
        return dictionary({face.name: refer(face.embed(objects)) for face in self._faces if face.is_used})

    def _face(self, path: Path) -> Face:
        face = Face(f"F{len(self._faces) + 1}", path)
        self._faces.append(face)
        return face

    def _with_known(self, texts: Sequence[str], found: set[str]) -> Sequence[str]:
        for character in sorted(found - self._known - self._missing):
            is_there = self.regular.has(character) or self._on_machine(character)
            (self._known if is_there else self._missing).add(character)
        if not (lost := found & self._missing):
            return texts
        for character in sorted(lost):
            count = sum(text.count(character) for text in texts)
            self._notes.add("GLYPH_MISSING", f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip(), count)
        replaced = str.maketrans(dict.fromkeys(lost, UNKNOWN))
        return [text.translate(replaced) for text in texts]

    def _on_machine(self, character: str) -> bool:
        """Whether a font of this machine has it, which then serves this report, too."""
        for path in self._files:
            face = Face("", path)
            if face.glyph(character) is not None:
                face.name = f"F{len(self._faces) + 1}"
                self._faces.append(face)
                self._files.remove(path)
                for typeface in (self.regular, self.bold):
                    typeface.faces.append(face)
                return True
        return False

    @cached_property
    def _files(self) -> list[Path]:
        return machine_fonts()
