"""A font: its glyphs and their widths, and the part of it that a report used, as it stands in the file.

Glyphs are written by their numbers (a Type 0 font with Identity-H, ISO 32000-1, section 9.7), so that those which HarfBuzz joins,
turns and stacks need no character of their own. What a glyph means stands in the font's ToUnicode map (section 9.10.3), for
search and copying.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from exporter.errors import InputError
from exporter_excel_pdf.pdf.objects import Objects, Ref, array, dictionary, number, refer

_FLAGS = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NO_HINTING
_CFF_FLAGS = hb.SubsetFlags.CFF_IDENTITY_CHARSET | hb.SubsetFlags.DOWNGRADE_CFF2
_MOST_IN_A_BLOCK = 100  # entries of a ToUnicode map between one pair of operators (Adobe technical note 5014)
_SEMIBOLD = 600
_POSTSCRIPT_NAME = 6
_SYMBOLIC = 4  # the flag that goes with glyphs by number


class Face:
    """A font of one report.

    :param name: what pages call it; :param path: of a TrueType or OpenType file, of a collection its first font.
    :raises InputError: when it is none.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        try:
            blob = hb.Blob.from_file_path(str(path))
        except (OSError, hb.HarfBuzzError) as error:
            raise InputError(f"The font {path} cannot be read: {error}.", hint="Name a .ttf, .otf or .ttc file.") from None
        self._face = hb.Face(blob)
        if not self._face.glyph_count or not self._face.unicodes:
            raise InputError(f"{path} is no font.", hint="Name a .ttf, .otf or .ttc file.")
        self.font = hb.Font(self._face)
        self.scale = 1000 / self._face.upem
        self.is_bold = self.font.get_style_value(hb.StyleTag.WEIGHT) >= _SEMIBOLD
        self._meanings: dict[int, str] = {}

    def glyph(self, character: str) -> int | None:
        """The glyph of a character by itself; None where there is none."""
        found: int | None = self.font.get_nominal_glyph(ord(character))
        return found

    def advance(self, glyph: int) -> float:
        """How far a glyph moves the pen, in thousandths of the font's size."""
        width: float = self.font.get_glyph_h_advance(glyph) * self.scale
        return round(width, 3)

    def use(self, glyph: int, meaning: str) -> None:
        """Note that a glyph is in the report, and which text it stands for; what is said first stays."""
        self._meanings.setdefault(glyph, meaning)

    @property
    def is_used(self) -> bool:
        """Whether any glyph of it is in the report."""
        return bool(self._meanings)

    def embed(self, objects: Objects) -> Ref:
        """Write the font with the glyphs that were used."""
        glyphs = sorted(self._meanings)
        base = f"{_tag(glyphs)}+{self._postscript_name()}"
        is_cff = bool({"CFF ", "CFF2"} & set(self._face.table_tags))
        kind: dict[str, object] = {
            "Type": "/Font",
            "Subtype": "/CIDFontType0" if is_cff else "/CIDFontType2",
            "BaseFont": f"/{base}",
        }
        system = dictionary({"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0})
        entries: dict[str, object] = {
            "CIDSystemInfo": system,
            "FontDescriptor": refer(self._descriptor(objects, base, glyphs, is_cff)),
        }
        entries |= {"DW": 0, "W": self._widths(glyphs)} | ({} if is_cff else {"CIDToGIDMap": "/Identity"})
        inner = objects.add(dictionary({**kind, **entries}))
        outer = {"Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{base}", "Encoding": "/Identity-H"}
        meanings = objects.stream(self._to_unicode(glyphs).encode("ascii"))
        return objects.add(dictionary({**outer, "DescendantFonts": array([refer(inner)]), "ToUnicode": refer(meanings)}))

    def _postscript_name(self) -> str:
        name = self._face.get_name(_POSTSCRIPT_NAME) or ""
        return re.sub("[^A-Za-z0-9-]", "", name)[:60] or "Font"

    def _widths(self, glyphs: Sequence[int]) -> str:
        return array(f"{glyph} [{number(self.advance(glyph))}]" for glyph in glyphs)

    def _descriptor(self, objects: Objects, base: str, glyphs: Sequence[int], is_cff: bool) -> Ref:
        extents = self.font.get_font_extents("ltr")
        top, bottom = (round(value * self.scale) for value in (extents.ascender, extents.descender))
        entries: dict[str, Any] = {"Type": "/FontDescriptor", "FontName": f"/{base}", "Flags": _SYMBOLIC, "ItalicAngle": 0}
        entries |= {"Ascent": top, "Descent": bottom, "CapHeight": top, "StemV": 140 if self.is_bold else 80}
        entries["FontBBox"] = array((-1000, bottom, 2000, top))
        part = self._subset(glyphs, is_cff)
        if is_cff:
            entries["FontFile3"] = refer(objects.stream(part, {"Subtype": "/CIDFontType0C"}))
        else:
            entries["FontFile2"] = refer(objects.stream(part, {"Length1": len(part)}))
        return objects.add(dictionary(entries))

    def _subset(self, glyphs: Sequence[int], is_cff: bool) -> bytes:
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        wanted.flags = _FLAGS | _CFF_FLAGS if is_cff else _FLAGS
        if self._face.has_var_data:
            wanted.pin_all_axes_to_default(self._face)
        part = hb.subset(self._face, wanted)
        return bytes(part.reference_table("CFF ").data if is_cff else part.blob.data)

    def _to_unicode(self, glyphs: Sequence[int]) -> str:
        return "\n".join((_CMAP_HEAD, *self._blocks(glyphs), _CMAP_TAIL))

    def _blocks(self, glyphs: Sequence[int]) -> Iterator[str]:
        told = [glyph for glyph in glyphs if self._meanings[glyph]]
        for begin in range(0, len(told), _MOST_IN_A_BLOCK):
            block = told[begin : begin + _MOST_IN_A_BLOCK]
            yield f"{len(block)} beginbfchar"
            for glyph in block:
                yield f"<{glyph:04X}> <{self._meanings[glyph].encode('utf-16-be').hex().upper()}>"
            yield "endbfchar"


_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange"""
_CMAP_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _tag(glyphs: Sequence[int]) -> str:
    """Six capitals that tell one part of a font from another (section 9.6.4)."""
    digest = hashlib.sha256(",".join(map(str, glyphs)).encode("ascii")).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
