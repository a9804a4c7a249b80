"""What the check finds in PDF files, ours and others'."""

import random
import re
from pathlib import Path

import pytest
from pypdf import PdfWriter

import exporter
from exporter_excel_pdf.pdf.findings import PROBLEMS
from exporter_excel_pdf.pdf.format import Pdf

from .host import exported, host, line

_FONT = b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"
_TEXT = b"BT /F1 12 Tf 10 10 Td (Hello) Tj ET"


def codes(path: Path) -> list[str]:
    found = exporter.check(path, "pdf")
    assert all(each.level == PROBLEMS[each.code].level for each in found)
    return [each.code for each in found]


def written(
    path: Path, kids: bytes = b"[3 0 R]", count: int = 1, fonts: bytes = b"<</F1 4 0 R>>", text: bytes = _TEXT
) -> Path:
    """A file of another's, with a page and a font that is not in it."""
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids %s /Count %d>>" % (kids, count),
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources <</Font %s>> /Contents 5 0 R>>" % fonts,
        _FONT,
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text),
    ]
    content, begins = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        begins.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    rows = b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    table = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        rows,
        len(content),
    )
    path.write_bytes(content + table)
    return path


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    exported(host(tmp_path, [line(1)]), tmp_path / "ours.pdf")
    return tmp_path / "ours.pdf"


def test_ours_is_in_order(ours: Path) -> None:
    assert codes(ours) == []
    assert Pdf().recognises(ours)
    assert not Pdf().recognises(ours.parent)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda content: b"PK" + content, "PDF_HEADER"),
        (lambda content: content[:-400], "PDF_CUT"),
        (lambda content: content.replace(b"startxref\n", b"startxref\n9"), "PDF_XREF"),
        (
            lambda content: content.replace(b"/Type /Catalog", b"/Type /Cabalog").replace(b"/Pages", b"/Rages"),
            "PDF_UNREADABLE",
        ),
        (lambda content: b"", "PDF_HEADER"),
    ],
)
def test_a_broken_frame(changed: object, code: str, ours: Path) -> None:
    ours.write_bytes(changed(ours.read_bytes()))  # type: ignore[operator]
    assert codes(ours) == [code]


def test_a_font_that_is_not_in_the_file(tmp_path: Path) -> None:
    assert codes(written(tmp_path / "a.pdf")) == ["PDF_FONT_NOT_EMBEDDED"]


def test_pages_that_are_not_as_many_as_told(tmp_path: Path) -> None:
    assert "PDF_PAGE_COUNT" in codes(written(tmp_path / "a.pdf", count=7))
    assert codes(written(tmp_path / "a.pdf", kids=b"[]", count=0)) == ["PDF_NO_PAGES"]


def test_a_tree_of_pages_that_bites_its_tail_ends(tmp_path: Path) -> None:
    assert codes(written(tmp_path / "a.pdf", kids=b"[3 0 R 2 0 R]")) == ["PDF_FONT_NOT_EMBEDDED"]


def test_a_page_without_text(tmp_path: Path) -> None:
    assert codes(written(tmp_path / "a.pdf", text=b"0 0 m 9 9 l S")) == ["PDF_FONT_NOT_EMBEDDED", "PDF_NO_TEXT"]


def test_a_page_that_cannot_be_read(tmp_path: Path) -> None:
    assert "PDF_PAGE_BROKEN" in codes(written(tmp_path / "a.pdf", fonts=b"4"))


def test_an_encrypted_file(ours: Path) -> None:
    writer = PdfWriter(ours)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(ours)
    assert codes(ours) == ["PDF_ENCRYPTED"]


def test_bytes_that_were_changed_never_break_the_check(ours: Path, caplog: pytest.LogCaptureFixture) -> None:
    content, chance = ours.read_bytes(), random.Random(5)
    for _ in range(60):
        changed = bytearray(content)
        for _ in range(chance.choice((1, 5, 40))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        ours.write_bytes(changed)
        assert isinstance(codes(ours), list)
    assert not caplog.records  # the reader's complaints are findings


def test_the_manual_has_every_code_with_its_level() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| (\w+) \|", (Path(__file__).parents[1] / "README.md").read_text("utf-8"), re.M)
    told = {code: level for codes_, level in rows for code in re.findall("[A-Z_]+", codes_)}
    assert {code: told.get(code) for code in PROBLEMS} == {code: problem.level for code, problem in PROBLEMS.items()}
