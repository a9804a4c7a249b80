"""Text as glyphs: measured, shaped and broken into lines.

Most text of a takeoff needs one font and no shaping: its widths are added up, and its characters looked up. Only what is not so
goes to HarfBuzz, in runs of one font, one script and one direction.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import attrs
import uharfbuzz as hb

from exporter_excel_pdf.pdf.direction import is_right_to_left, runs
from exporter_excel_pdf.pdf.faces import Face
from exporter_excel_pdf.pdf.objects import number

ELLIPSIS = "…"
UNKNOWN = "\ufffd"
_WORDS = re.compile(r"(?:\S|\u00a0)+[^\S\u00a0]*|[^\S\u00a0]+")  # a no-break space is no place to break
_PARAGRAPHS = re.compile("[\n\u2028\u2029\u0085]")
_NEEDS_NO_GLYPH = ("Cc", "Cf", "Zs", "Zl", "Zp")
_VARIATIONS = range(0xFE00, 0xFE10)
_UNSEEN = 0.5  # thousandths of a font's size
_CACHED = 1024  # shaped texts that are kept: names of conditions and sheets come again and again
_LONG = 1024  # characters: no line has so many, and longer texts are not shaped before they are broken


@attrs.frozen(slots=True)
class Piece:
    """Glyphs of one font.

    :param shown: the operators that show them; :param width: in thousandths of the font's size.
    """

    face: Face
    shown: str
    width: float


@attrs.frozen(slots=True)
class Line:
    """A line of text, from left to right. `rtl` says that its paragraph begins at the right."""

    pieces: tuple[Piece, ...]
    width: float
    rtl: bool = False


class _Advances(dict[str, float]):
    """The widths of the characters that need neither another font nor shaping; a KeyError for all others."""

    def __init__(self, face: Face, hexes: dict[int, str]) -> None:
        super().__init__()
        self._face = face
        self._hexes = hexes

    def __missing__(self, character: str) -> float:
        code = ord(character)
        glyph = self._face.glyph(character) if _is_plain(character, code) else None
        if glyph is None:
            raise KeyError(character)
        self._face.use(glyph, character)
        self._hexes[code] = f"{glyph:04X}"
        width = self[character] = self._face.advance(glyph)
        return width


def _is_plain(character: str, code: int) -> bool:
    """Whether a character is shown alone, from left to right: of Latin, Greek, Cyrillic, or a sign."""
    known = code < 0x0530 or 0x1E00 <= code < 0x2C00
    return (
        known
        and unicodedata.category(character)[0] in "LNPSZ"
        and unicodedata.bidirectional(character) not in ("R", "AL", "B")
    )


class Typeface:
    """A weight of text in a row of fonts, of which the first that has a glyph shows it.

    :param faces: fonts in the order in which they are tried.
    """

    def __init__(self, faces: Sequence[Face]) -> None:
        self.faces = list(faces)
        self._main = next((face for face in faces if face.glyph("0") is not None), faces[0])
        self._hexes: dict[int, str] = {}
        self._advances = _Advances(self._main, self._hexes)
        self.shaped = lru_cache(_CACHED)(self._shaped)

    def has(self, character: str) -> bool:
        """Whether the character can be shown, or shows nothing anyway."""
        if unicodedata.category(character) in _NEEDS_NO_GLYPH or ord(character) in _VARIATIONS:
            return True
        return any(face.glyph(character) is not None for face in self.faces)

    def line(self, text: str) -> Line:
        """A text as one line."""
        try:
            width = sum(map(self._advances.__getitem__, text))
        except KeyError:
            return self.shaped(text, is_right_to_left(text))
        return Line((Piece(self._main, f"<{text.translate(self._hexes)}> Tj", width),), width)

    def width(self, text: str) -> float:
        """The width of a text in thousandths of its size; infinite where it would have to be shaped, and is too long for a line."""
        try:
            return sum(map(self._advances.__getitem__, text))
        except KeyError:
            return self.shaped(text, is_right_to_left(text)).width if len(text) <= _LONG else math.inf

    def lines(self, text: str, room: float) -> list[Line]:
        """A text as lines that are not wider than the room, in thousandths of its size; words that are, are broken."""
        found: list[Line] = []
        for paragraph in _PARAGRAPHS.split(text):
            if self.width(paragraph) <= room:
                found.append(self.line(paragraph))
            else:
                rtl = is_right_to_left(paragraph[:_LONG])
                found += [self._aligned(part.rstrip(), rtl) for part in self._broken(paragraph, room)]
        return found

    def fitted(self, text: str, room: float) -> Line:
        """As much of a text as has room on one line, and an ellipsis where that is not all."""
        text = _PARAGRAPHS.split(text)[0] + ELLIPSIS if _PARAGRAPHS.search(text) else text
        if self.width(text) <= room:
            return self.line(text)
        kept = next(self._pieces(text, room - self.width(ELLIPSIS)), "")
        return self._aligned(kept.rstrip() + ELLIPSIS, is_right_to_left(text[:_LONG]))

    def _aligned(self, text: str, rtl: bool) -> Line:
        """A line of a paragraph that begins at the right, or not, whatever this line begins with."""
        return self.shaped(text, True) if rtl else self.line(text)

    def _broken(self, text: str, room: float) -> Iterator[str]:
        """The text in parts, broken after blanks, and inside words that have no room on a line of their own."""
        part, used = "", 0.0
        for word in _WORDS.findall(text):
            width, bare = self.width(word), self.width(word.rstrip())
            if used + bare <= room:
                part, used = part + word, used + width
                continue
            if part:
                yield part
            part, used = word, width
            if bare > room:
                *full, part = self._pieces(word, room)
                yield from full
                used = self.width(part)
        if part:
            yield part

    def _pieces(self, word: str, room: float) -> Iterator[str]:
        """A word in pieces that have room, at least a character each; marks stay with what they stand on."""
        begin, used = 0, 0.0
        for place, character in enumerate(word):
            width = self._advance(character)
            if used + width > room and place > begin and not unicodedata.category(character).startswith(("M", "Cf")):
                yield word[begin:place]
                begin, used = place, 0.0
            used += width
        yield word[begin:]

    def _advance(self, character: str) -> float:
        try:
            return self._advances[character]
        except KeyError:
            return self.shaped(character, False).width

    def _shaped(self, text: str, rtl: bool) -> Line:
        pieces = [piece for part, leftwards in runs(text, rtl=rtl) for piece in self._run(part, leftwards)]
        return Line(tuple(pieces), sum(piece.width for piece in pieces), rtl)

    def _run(self, text: str, leftwards: bool) -> Iterator[Piece]:
        """The pieces of a run from left to right: one for each font and script."""
        parts = [
            ("".join(character for character, *_ in group), key[0])
            for key, group in groupby(self._told(text), lambda each: each[1:])
        ]
        for part, face in reversed(parts) if leftwards else parts:
            yield _piece(face, part, leftwards)

    def _told(self, text: str) -> Iterator[tuple[str, Face, str]]:
        """Each character with the font and the script it is shown in; what has no script is of that before it."""
        face, script = self._main, ""
        for character in text:
            category = unicodedata.category(character)
            if category[0] == "L":
                script = unicodedata.name(character, "").partition(" ")[0]
            if category not in _NEEDS_NO_GLYPH and ord(character) not in _VARIATIONS:
                stays = category[0] == "M" and face.glyph(character) is not None
                face = face if stays else self._face(character)
            yield character, face, script

    def _face(self, character: str) -> Face:
        return next((face for face in self.faces if face.glyph(character) is not None), self._main)


def _piece(face: Face, text: str, leftwards: bool) -> Piece:
    """A run of one font, shaped. Where a glyph does not move the pen by its own width, a number between the glyphs says so."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if leftwards else "ltr"
    hb.shape(face.font, buffer, {})
    infos = buffer.glyph_infos
    _note(face, text, [(info.codepoint, info.cluster) for info in infos])
    shown: list[str] = []
    row: list[str] = []
    width = rise = back = 0.0
    for info, position in zip(infos, buffer.glyph_positions, strict=True):
        moved, height, wanted = (face.scale * each for each in (position.x_offset, position.y_offset, position.x_advance))
        if height != rise:
            shown += [*_row(row), f"{number(height / 1000)} Ts"]
            row, rise = [], height
        row += [_back(back - moved), f"<{info.codepoint:04X}>"]
        back = face.advance(info.codepoint) + moved - wanted  # what the glyph moves the pen too far
        width += wanted
    shown += [*_row([*row, _back(back)]), *(["0 Ts"] if rise else [])]
    return Piece(face, " ".join(shown), width)


def _back(by: float) -> str:
    """A move of the pen to the left, in thousandths; nothing where it is none that anybody sees."""
    return "" if abs(by) < _UNSEEN else number(by)


def _row(row: Sequence[str]) -> list[str]:
    return [f"[{''.join(row)}] TJ"] if any(row) else []


def _note(face: Face, text: str, shaped: Sequence[tuple[int, int]]) -> None:
    """Note what the glyphs mean: the first of each cluster all its text, the others nothing."""
    begins = sorted({cluster for _, cluster in shaped})
    ends = dict(zip(begins, [*begins[1:], len(text)], strict=True))
    for cluster, group in groupby(shaped, lambda each: each[1]):
        meaning = text[cluster : ends[cluster]]
        for glyph, _ in group:
            face.use(glyph, meaning)
            meaning = ""
