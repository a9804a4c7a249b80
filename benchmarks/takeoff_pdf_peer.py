"""A takeoff as people write it with ReportLab: a heading and a long table of plain strings for each condition.

    python takeoff_pdf_peer.py DATABASE OUTPUT

Cells are strings and rows have one given height, which is the fastest that its tables do. There is no summary, chart or plan.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

HEADER = ("Page", "Sheet", "Geometry", "Quantity", "Unit", "Verified", "AI", "Notes")
WIDTHS = (38, 58, 56, 78, 34, 44, 26, 198)
HEIGHT = 15
SELECT = (
    "select p.number, p.sheet, m.shape, m.quantity, m.uom, m.verified, m.by_model, m.remark "
    "from measurements m join pages p on p.id = m.page_id where m.condition_id = ? order by m.id"
)
STYLE = TableStyle(
    [
        ("FONTSIZE", (0, 0), (-1, -1), 7.5),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("ALIGN", (3, 0), (3, -1), "RIGHT"),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.lightgrey),
    ]
)


def main() -> None:
    database, output = sys.argv[1:]
    with closing(sqlite3.connect(database)) as connection:
        document = SimpleDocTemplate(output, pagesize=letter, leftMargin=40, rightMargin=40, topMargin=54, bottomMargin=40)
        document.build(list(story(connection)), onFirstPage=foot, onLaterPages=foot)


def story(connection: sqlite3.Connection) -> Iterator[Any]:
    style = getSampleStyleSheet()["Heading2"]
    for number, name in connection.execute("select id, name from conditions order by id").fetchall():
        rows = [cells(row) for row in connection.execute(SELECT, (number,))]
        (total,) = connection.execute("select sum(quantity) from measurements where condition_id = ?", (number,)).fetchone()
        sums = ("Total", "", "", f"{total:,.2f}", "SF", "", "", "")
        yield Paragraph(name, style)
        lines = [HEADER, *rows, sums]
        yield LongTable(lines, colWidths=WIDTHS, rowHeights=[HEIGHT] * len(lines), repeatRows=1, style=STYLE)


def cells(row: tuple[Any, ...]) -> tuple[str, ...]:
    number, sheet, shape, quantity, unit, verified, by_model, remark = row
    told = ("No", "Yes")
    return (str(number), sheet, shape, f"{quantity:,.2f}", unit, told[verified], told[by_model], remark or "")


def foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("Helvetica", 7.5)
    canvas.drawRightString(letter[0] - 40, 20, f"Page {document.page}")


if __name__ == "__main__":
    main()
