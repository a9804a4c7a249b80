"""How cells look, and the style sheet that names it (ECMA-376 part 1, 18.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

NAVY, GREY, LINE, FINE_LINE, LINK = "1f3864", "eef1f6", "b8c0cc", "e3e7ee", "0563c1"
_FIRST_FORMAT = 164  # numbers below are built in
_MOST = 60_000  # Excel holds 65,490 looks; a colour more than that is not shown
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@attrs.frozen(cache_hash=True)
class Look:
    """How a cell looks.

    :param format: of numbers; :param size: of letters, in points.
    :param ink: colour of letters, rrggbb; :param fill: of the cell.
    :param line: where lines are: top, bottom, all. :param indent: in steps of three blanks.
    :param middle: whether it stands half way up a row of several lines, and not at its top.
    """

    format: str = ""
    bold: bool = False
    size: int = 11
    ink: str = ""
    underline: bool = False
    fill: str = ""
    line: str = ""
    align: str = ""
    wrap: bool = False
    indent: int = 0
    middle: bool = False


@attrs.define
class Styles:
    """Looks by number, in the order in which they were asked for; the first is that of cells without one."""

    _numbers: dict[Look, int] = attrs.field(factory=lambda: {Look(): 0}, init=False)

    def of(self, look: Look) -> int:
        """The number of a look."""
        found = self._numbers.get(look)
        if found is None:
            if len(self._numbers) >= _MOST:
                return 0
            found = self._numbers[look] = len(self._numbers)
        return found

    def xml(self) -> Iterator[str]:
        """The style sheet."""
        looks = list(self._numbers)
        formats = _distinct(look.format for look in looks if look.format)
        fonts = _distinct(_font(look) for look in looks)
        fills = _distinct(['<patternFill patternType="none"/>', '<patternFill patternType="gray125"/>', *map(_fill, looks)])
        borders = _distinct(_border(look) for look in looks)
        yield f'{XML}<styleSheet xmlns="{_MAIN}">'
        codes = (f'<numFmt numFmtId="{_FIRST_FORMAT + n}" formatCode="{_code(code)}"/>' for code, n in formats.items())
        yield from _counted("numFmts", codes)
        yield from _counted("fonts", (f"<font>{each}</font>" for each in fonts))
        yield from _counted("fills", (f"<fill>{each}</fill>" for each in fills))
        yield from _counted("borders", (f"<border>{each}</border>" for each in borders))
        yield '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        yield f'<cellXfs count="{len(looks)}">'
        for look in looks:
            number = _FIRST_FORMAT + formats[look.format] if look.format else 0
            ids = f'fontId="{fonts[_font(look)]}" fillId="{fills[_fill(look)]}" borderId="{borders[_border(look)]}"'
            yield f'<xf numFmtId="{number}" {ids} xfId="0" {_APPLIED}>{_alignment(look)}</xf>'
        yield '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'


_APPLIED = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'


def _distinct(texts: Iterable[str]) -> dict[str, int]:
    return {text: number for number, text in enumerate(dict.fromkeys(texts))}


def _counted(name: str, items: Iterable[str]) -> Iterator[str]:
    found = list(items)
    if found:
        yield f'<{name} count="{len(found)}">{"".join(found)}</{name}>'


def _code(format: str) -> str:
    return format.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _font(look: Look) -> str:
    words = ("<b/>" if look.bold else "") + ("<u/>" if look.underline else "")
    ink = f'<color rgb="FF{look.ink.upper()}"/>' if look.ink else ""
    return f'{words}<sz val="{look.size}"/>{ink}<name val="Calibri"/><family val="2"/>'


def _fill(look: Look) -> str:
    if not look.fill:
        return '<patternFill patternType="none"/>'
    colour = look.fill.upper()
    return f'<patternFill patternType="solid"><fgColor rgb="FF{colour}"/><bgColor indexed="64"/></patternFill>'


def _border(look: Look) -> str:
    lined = {"top": ("top",), "bottom": ("bottom",), "all": ("left", "right", "top", "bottom")}.get(look.line, ())
    ink = f'<color rgb="FF{(FINE_LINE if look.line == "bottom" else LINE).upper()}"/>'
    sides = (
        f'<{side} style="thin">{ink}</{side}>' if side in lined else f"<{side}/>"
        for side in ("left", "right", "top", "bottom")
    )
    return "".join(sides) + "<diagonal/>"


def _alignment(look: Look) -> str:
    across = f' horizontal="{look.align}"' if look.align else ""
    up = "center" if look.middle else "top"
    return (
        f'<alignment{across} vertical="{up}"{" wrapText=" + chr(34) + "1" + chr(34) if look.wrap else ""}{_indent(look)}/>'
    )


def _indent(look: Look) -> str:
    return f' indent="{look.indent}"' if look.indent else ""
