"""Text as it is shown: shaped, in its direction, in the font that has it."""

import re
import time
import unicodedata
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader

from exporter.testing.hostile import TEXTS
from exporter_excel_pdf.pdf.direction import is_right_to_left, runs
from exporter_excel_pdf.pdf.fontfiles import machine_fonts
from exporter_excel_pdf.pdf.fonts import Fonts

from .host import WALL, exported, findings, host, line

_CHINESE = "混凝土墙"


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Fonts:
    """Those that come with the format, whatever the machine has."""
    monkeypatch.setattr("exporter_excel_pdf.pdf.fonts.machine_fonts", list)
    return Fonts()


def font_of(path: Path, characters: str, *, cubic: bool = False) -> Path:
    """A font that has a square for each of these characters; :param cubic: with outlines of PostScript, as in most of Chinese."""
    pen = T2CharStringPen(1000, None) if cubic else TTGlyphPen(None)
    for place, corner in enumerate([(0, 0), (0, 800), (800, 800), (800, 0)]):
        (pen.lineTo if place else pen.moveTo)(corner)
    pen.closePath()
    square = pen.getCharString() if cubic else pen.glyph()
    names = [".notdef", *(f"uni{ord(c):04X}" for c in characters)]
    builder = FontBuilder(1000, isTTF=not cubic)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): f"uni{ord(c):04X}" for c in characters})
    if cubic:
        builder.setupCFF("Squares", {}, dict.fromkeys(names, square), {})
    else:
        builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular", "psName": "Squares"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def glyphs(fonts: Fonts, text: str) -> list[str]:
    """The numbers of the glyphs from left to right."""
    return [found for piece in fonts.regular.line(text).pieces for found in re.findall("<([0-9A-F]+)>", piece.shown)]


def test_arabic_is_joined(fonts: Fonts) -> None:
    alone = {glyph for letter in "جدار" for glyph in glyphs(fonts, letter)}
    joined = glyphs(fonts, "جدار")
    assert len(joined) == 4
    assert len(set(joined) - alone) >= 2  # beginnings and middles of words have glyphs of their own


def test_hebrew_goes_leftwards(fonts: Fonts) -> None:
    assert glyphs(fonts, "קיר") == [glyph for letter in "ריק" for glyph in glyphs(fonts, letter)]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("abc", ["abc"]),
        ("a גב c", ["a ", "גב", " c"]),
        ("אב 12 ג", ["ג", "12", "אב"]),
        ("אב (LF) 3", ["3", "LF", "אב"]),
        ("אב [(LF) 3 ג] W", ["W", "ג", "3", "LF", "אב"]),
        ("a (אב c) 3", ["a (", "אב", "c) 3"]),
        ("a \u2067גב\u2069 c", ["a ", "גב", " c"]),
        ("\u202e\u202c", []),
    ],
)
def test_mixed_lines_are_in_the_order_of_the_standard(text: str, seen: list[str]) -> None:
    found = [part for part, _ in runs(text, rtl=is_right_to_left(text)) if part.strip(" ()[]")]
    assert [part.strip(" ()[]") for part in found] == [part.strip(" ()") for part in seen]


def test_every_text_of_the_kit_has_runs(fonts: Fonts) -> None:
    for text in TEXTS:
        shown = fonts.text("x", text.decode("utf-8", "replace"))
        wanted = [c for c in shown if unicodedata.bidirectional(c) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRM", "RLM")]
        assert sorted("".join(part for part, _ in runs(shown, rtl=False))) == sorted(wanted)


@pytest.mark.parametrize("text", ["one two three " * 20, "w" * 300, "العربية " * 30, "e\u0301" * 200, "混" * 5])
def test_lines_have_room_and_lose_nothing(fonts: Fonts, text: str) -> None:
    text = fonts.text("x", text)
    lines = fonts.regular.lines(text, 8000)
    assert all(each.width <= 8000 * 1.02 for each in lines)  # joined letters are not as wide as single ones
    shown = sum(len(re.findall("[0-9A-F]{4}", p.shown)) for each in lines for p in each.pieces)
    assert shown >= len(unicodedata.normalize("NFC", text).replace(" ", ""))


def test_a_line_that_does_not_fit_ends_in_an_ellipsis(fonts: Fonts) -> None:
    whole = fonts.regular.line("A name")
    assert fonts.regular.fitted("A name", whole.width) == whole
    short = fonts.regular.fitted("A name that goes on", 4000)
    assert short.width <= 4000
    assert fonts.regular.fitted("two\nlines", 9000).width > fonts.regular.line("two").width


def test_what_no_font_has_is_counted_and_marked(fonts: Fonts) -> None:
    assert fonts.column("name", [_CHINESE, "Wall", "墙 é"]) == ["\ufffd" * 4, "Wall", "\ufffd é"]
    (found,) = [each for each in fonts.findings("x") if each.code == "GLYPH_MISSING"]
    assert (found.level, found.count) == ("warning", 5)
    assert found.examples[0].startswith("U+51DD CJK")


@pytest.mark.parametrize("cubic", [False, True])
def test_a_font_of_the_user_shows_what_others_lack(cubic: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter_excel_pdf.pdf.fonts.machine_fonts", list)
    source = host(tmp_path, [line(1)], conditions=[{**WALL, "name": _CHINESE}])
    assert findings(exported(source, tmp_path / "a.pdf"))["GLYPH_MISSING"] == 4
    squares = font_of(tmp_path / "squares.otf", _CHINESE, cubic=cubic)
    assert "GLYPH_MISSING" not in findings(exported(source, tmp_path / "b.pdf", font=[squares]))
    page = PdfReader(tmp_path / "b.pdf").pages[0]
    assert _CHINESE in page.extract_text()
    inner = [each.get_object()["/DescendantFonts"][0].get_object() for each in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    described = next(each["/FontDescriptor"] for each in inner if "Squares" in each["/BaseFont"])
    assert ("/FontFile3" in described) == cubic


def test_a_font_of_the_machine_is_looked_for_where_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    font_of(tmp_path / "deep" / "WQY-MicroHei.ttc", _CHINESE)
    font_of(tmp_path / "other.ttf", _CHINESE)
    found = machine_fonts([tmp_path])
    assert [path.name for path in found] == ["WQY-MicroHei.ttc"]
    monkeypatch.setattr("exporter_excel_pdf.pdf.fonts.machine_fonts", lambda: found)
    assert Fonts().text("name", _CHINESE) == _CHINESE


def test_text_can_be_searched_and_copied(tmp_path: Path) -> None:
    names = ["Wände & Türme", "Τοίχος", "Стена", "קיר", "e\u0301"]
    walls = [{**WALL, "condition_id": n, "name": name} for n, name in enumerate(names, 1)]
    exported(host(tmp_path, [line(1)], conditions=walls), tmp_path / "a.pdf")
    found = PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
    assert all(name in found for name in names[:3])
    assert "קיר" in found or "ריק" in found  # as it is read, or as it is seen
    fonts = PdfReader(tmp_path / "a.pdf").pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    assert all("/ToUnicode" in each.get_object() for each in fonts)
    assert (tmp_path / "a.pdf").stat().st_size < 60_000


def test_a_long_text_of_two_directions_takes_no_time(fonts: Fonts) -> None:
    began = time.perf_counter()
    lines = fonts.regular.lines("קיר" + "(" * 20_000 + "a" + ")" * 20_000, 20_000)
    assert time.perf_counter() - began < 5  # shaped whole, it took minutes
    assert len(lines) > 500
