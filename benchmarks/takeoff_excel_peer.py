"""The measurements of a takeoff as people write them with XlsxWriter where memory matters: one sheet, no formats, no formulas.

python takeoff_excel_peer.py DATABASE OUTPUT
"""

from __future__ import annotations

import sqlite3
import sys

import xlsxwriter

MOST_ROWS = 1_048_576
HEADERS = (
    "Page",
    "Sheet #",
    "Sheet title",
    "Geometry",
    "Quantity",
    "Unit",
    "Verified",
    "AI",
    "Notes",
    "Length",
    "Area",
    "ID",
)
NUMBERS = frozenset((0, 4, 9, 10))
SELECT = """
select g.number, g.sheet, g.title, m.shape, m.quantity, c.uom, iif(m.verified, 'Yes', 'No'), iif(m.by_model, 'Yes', 'No'),
    m.remark, m.length_px, m.area_px, cast(m.id as text)
from conditions c join measurements m on m.condition_id = c.id join pages g on g.id = m.page_id order by c.id, m.id
"""


def main(database: str, output: str) -> None:
    connection = sqlite3.connect(database)
    book = xlsxwriter.Workbook(output, {"constant_memory": True})
    row = MOST_ROWS
    for values in connection.execute(SELECT):
        if row == MOST_ROWS:
            sheet, row = book.add_worksheet(), 1
            sheet.write_row(0, 0, HEADERS)
        for column, value in enumerate(values):
            if value is not None:
                (sheet.write_number if column in NUMBERS else sheet.write_string)(row, column, value)
        row += 1
    book.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
