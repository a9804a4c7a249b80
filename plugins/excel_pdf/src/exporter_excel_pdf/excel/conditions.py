"""The sheets of conditions: their measurements as they come, with the sum below them.

Cells are made column by column, and rows are joined by their numbers: `<row r="7"><c r="A7" ...` is what lies between the sevens.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat

import attrs

from exporter.colours import colour_of
from exporter.parts import Part
from exporter.sanitize import Cleaner, is_exact
from exporter.takeoff.compiled import Written
from exporter.takeoff.data import Condition, Row, Takeoff, number_of
from exporter.takeoff.units import is_counted, unit
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.batches import Rows, even
from exporter_excel_pdf.excel.cells import MOST_ROWS, Cell, letter, number_body, quoted, row, text_body, width_of
from exporter_excel_pdf.excel.compiled import NUMBERS, CompiledRows
from exporter_excel_pdf.excel.groups import unit_shown
from exporter_excel_pdf.excel.heights import Heights
from exporter_excel_pdf.excel.sheet import SEEN, Listed, Sheet, header_height, height_for, widest, widths_for
from exporter_excel_pdf.excel.styles import Look, Styles

_COLUMNS = {
    "page_number": "Page",
    "sheet_number": "Sheet #",
    "sheet_title": "Sheet title",
    "geometry_type": "Geometry",
    "quantity": "Quantity",
    "unit": "Unit",
    "is_verified": "Verified",
    "is_ai_generated": "AI",
    "notes": "Notes",
    "pixel_length": "Length (px)",
    "pixel_area": "Area (px)",
    "measurement_id": "ID",
}
_PRINTED = (
    list(_COLUMNS).index("notes") + 1
)  # columns in print: with those that follow, letters would be too small to be read
_YES_NO = {"true": "Yes", "false": "No"}
_PLAIN = re.compile(r"(?:-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?\n)*+")  # numbers that no program rounds, most of all
_ODD = re.compile(r"[&<>\t\n]|_x|  |\0 | \0|\0\0")  # what a text cell has to be made for with care; \0 is between cells
_LINES_ABOVE, _LINES_BELOW = 3, 2  # the name, facts and a description; the total and the count


@attrs.frozen
class Sum:
    """What the measurements of a condition come to on one sheet: where it stands, and what it is.

    :param sheet: its name; empty where the condition has none. :param column: of the quantities.
    :param row: of their sum; that of the count follows it.
    """

    sheet: str
    column: str
    row: int
    total: float
    rows: int

    @property
    def quantity(self) -> str:
        """The cell of the sum, for formulas of other sheets."""
        return f"{quoted(self.sheet)}!{self.column}{self.row}"

    @property
    def count(self) -> str:
        """The cell of the count."""
        return f"{quoted(self.sheet)}!{self.column}{self.row + 1}"


@attrs.define(eq=False)
class ConditionSheets:
    """The sheets of all conditions.

    :param names: of their first sheets, in their order; :param new_name: for those on which one goes on.
    :param seen: is given the pages and quantities of measurements as they pass. :param about: what the foot of a page names.
    """

    takeoff: Takeoff
    cleaner: Cleaner
    styles: Styles
    names: Sequence[str]
    new_name: Callable[[str], str]
    seen: Callable[[Condition, Sequence[str], Sequence[float]], None]
    summary: str
    decimals: int
    about: str
    sheets: list[Listed] = attrs.field(factory=list, init=False)
    sums: dict[int, list[Sum]] = attrs.field(factory=dict, init=False)

    def parts(self) -> Iterator[Part]:
        """The files of the sheets, each read to its end before the next is asked for."""
        for condition, batches in self.takeoff.written_by_condition(self._compiled()):
            rows = Rows(batches)
            sums = self.sums[condition.number] = []
            name = self.names[condition.number - 1]
            while True:
                file, made = f"xl/worksheets/sheet{len(self.sheets) + 1}.xml", even(self._chunks(condition, name, rows))
                yield Part(file, made, title=name, rows=partial(_rows_of_last, sums), sound=_seen)
                if not rows.more():
                    break
                name = self.new_name(condition.title)

    def _chunks(self, condition: Condition, name: str, rows: Rows) -> Iterator[bytes]:
        writer = _Writer(self, condition, name)
        found = rows.first(MOST_ROWS - writer.header - _LINES_BELOW)
        yield writer.begin(found).encode()
        while found:
            yield writer.block(found)
            found = rows.taken(MOST_ROWS - writer.row - _LINES_BELOW)
        yield writer.end().encode()
        self.sheets.append(writer.sheet.listed)
        self.sums[condition.number].append(writer.sum())

    def _compiled(self) -> CompiledRows:
        decimals = {field: self.places(field) for field in NUMBERS}
        styles = [self.styles.of(look) for look in (*map(self.look, _COLUMNS), looks.WHOLE)]
        most = MOST_ROWS - _LINES_ABOVE - 1 - _LINES_BELOW
        return CompiledRows(list(_COLUMNS), decimals, styles, header_of, SEEN, most)

    def places(self, field: str) -> int:
        """Decimals that a column of numbers shows."""
        return self.decimals if field == "quantity" else 1

    def look(self, field: str) -> Look:
        """How the cells of a column look."""
        match field:
            case "quantity":
                return looks.decimals(self.decimals)
            case "pixel_length" | "pixel_area":
                return looks.PIXELS
            case "page_number":
                return looks.PAGE
            case "notes":
                return looks.NOTES
        return looks.TEXT


class _Writer:
    """One sheet as it is written. `row` is the last row so far."""

    def __init__(self, all: ConditionSheets, condition: Condition, name: str) -> None:
        self._all, self._condition, self.name = all, condition, name
        takeoff, styles = all.takeoff, all.styles
        self._fields = list(_COLUMNS)
        self._places = [takeoff.columns.index(field) for field in self._fields]
        self._quantity = self._fields.index("quantity") + 1
        self._page = takeoff.columns.index("page_id")
        self._top = self._facts()
        self.header = self.row = header_of(condition)
        self._quantities = array("d")
        self._apart: list[float] = []  # quantities that are texts
        self.shown = all.look("quantity")
        self._styles = {f: styles.of(all.look(f)) for f in self._fields}

    # --- before the rows

    def begin(self, rows: Written | Sequence[Row]) -> str:
        """All up to the first row, with columns fitted to some of those that come."""
        headers = [_COLUMNS[f] for f in self._fields]
        widths = widths_for(headers, self._digits(rows))
        notes = self._fields.index("notes") + 1
        printed = letter(_PRINTED)
        self._heights = Heights(letter(notes), widths[notes - 1])
        texts = [letter(n) for n, f in enumerate(self._fields, 1) if self._is_text(f)]
        self.sheet = Sheet(
            self.name,
            headers,
            widths,
            header=self.header,
            merged=[f"A1:{printed}1", *(f"C{n}:{printed}{n}" for n in range(2, self.header))],
            links={"A2": self._all.summary},
            tab=colour_of(self._condition.colour, self._condition.number)[1:],
            texts=" ".join(f"{each}{self.header + 1}:{each}{MOST_ROWS}" for each in texts),
            about=self._all.about,
        )
        return self.sheet.begin() + "".join(self._head(headers, widths))

    def _head(self, headers: Sequence[str], widths: Sequence[float]) -> Iterator[str]:
        """The rows above the measurements."""
        styles, room = self._all.styles, sum(widths[2:_PRINTED])
        yield row(1, self._top[0], styles, height=24.0)
        for number, line in enumerate(self._top[1:], 2):
            yield row(number, line, styles, height=height_for(str(line[2].value), room) if line[2] else 0)
        heads = (looks.HEADER if self._is_text(field) else looks.HEADER_NUMBER for field in self._fields)
        cells = [Cell(*each) for each in zip(headers, heads, strict=True)]
        yield row(self.header, [*cells], styles, height=header_height(headers, widths))

    def _facts(self) -> list[list[Cell | None]]:
        """The condition's name, what it is, and its description where there is one."""
        condition, clean = self._condition, self._all.cleaner.text
        facts = clean("condition", "   ·   ".join(_facts_of(condition, self._all.takeoff)))
        lines: list[list[Cell | None]] = [
            [Cell(clean("name", condition.title), looks.TITLE)],
            [Cell("← Summary", looks.BACK), None, Cell(facts, looks.FACT)],
        ]
        if condition.description.strip():
            lines.append([None, None, Cell(clean("description", condition.description.strip()), looks.FACT)])
        return lines

    def _digits(self, rows: Written | Sequence[Row]) -> list[float]:
        """How wide the first cells of each column are, and the total."""
        if isinstance(rows, Written):
            found = [int(tenths) / 10 for tenths in rows.more[0].split()]
        else:
            places = zip(self._fields, self._places, strict=True)
            found = [widest(self._texts_shown(rows[:SEEN], field, place)) for field, place in places]
        total = f"{self._condition.total:,.{self._all.decimals}f}"
        found[self._quantity - 1] = max(found[self._quantity - 1], width_of(total))
        return found

    def _texts_shown(self, rows: Sequence[Row], field: str, place: int) -> list[str]:
        texts = [each[place] for each in rows]
        if self._is_text(field):
            return texts
        return [f"{number_of(text) or 0.0:,.{self._all.places(field)}f}" for text in texts]

    @staticmethod
    def _is_text(field: str) -> bool:
        return field not in NUMBERS

    # --- the rows

    def block(self, rows: Written | Sequence[Row]) -> bytes:
        """Rows of measurements."""
        if isinstance(rows, Written):
            self._count(rows.pages, rows.quantities)
            _, widest_note, lines = rows.more
            told = self._heights.are_told(int(widest_note) / 10, lines=bool(lines))
            return self._heights.told(rows.content) if told else rows.content
        columns = list(zip(*rows, strict=True))
        quantities = _numbers_of(columns[self._places[self._quantity - 1]])
        made = self._rows(columns, quantities)
        self._count(columns[self._page], quantities)
        return made.encode()

    def _count(self, pages: Sequence[str], quantities: Sequence[float]) -> None:
        self.row += len(quantities)
        self._quantities.extend(quantities)
        self._all.seen(self._condition, pages, quantities)

    def _rows(self, columns: Sequence[Sequence[str]], quantities: Sequence[float]) -> str:
        made, tags = [], list[str]()
        for number, (field, place) in enumerate(zip(self._fields, self._places, strict=True), 1):
            after = "</row>" if number == len(self._fields) else f'<c r="{letter(number + 1)}'
            if field == "quantity":
                made.append(self._quantity_cells(columns[place], quantities, after))
            elif field == "notes":
                notes = self._all.cleaner.column(field, columns[place])
                made.append(self._texts(notes, self._styles[field], after))
                tags = [f'{self._heights.attribute(note)}"><c r="A' for note in notes]
            else:
                made.append(self._column(field, columns[place], after))
        numbers = map(str, range(self.row + 1, self.row + 1 + len(quantities)))
        return "".join(map(str.join, numbers, zip(repeat('<row r="'), tags, *made)))

    def _column(self, field: str, texts: Sequence[str], after: str) -> list[str]:
        style = self._styles[field]
        match field:
            case "page_number" | "pixel_length" | "pixel_area":
                return self._numbers(field, texts, style, after)
            case "is_verified" | "is_ai_generated":
                return _made(texts, lambda text: text_body(_YES_NO.get(text, text), style) + after)
        return self._texts(self._all.cleaner.column(field, texts), style, after)

    @staticmethod
    def _texts(cleaned: Sequence[str], style: int, after: str) -> list[str]:
        if _ODD.search("\0".join(("", *cleaned, ""))) is None:
            before, behind = f'" s="{style}" t="inlineStr"><is><t>', f"</t></is></c>{after}"
            return [f"{before}{text}{behind}" for text in cleaned]
        return _made(cleaned, lambda text: text_body(text, style) + after)

    def _numbers(self, field: str, texts: Sequence[str], style: int, after: str) -> list[str]:
        if _is_plain(texts):
            before, behind = f'" s="{style}"><v>', f"</v></c>{after}"
            return [f"{before}{text}{behind}" for text in texts]
        return [self._number(field, text, style) + after for text in texts]

    def _number(self, field: str, text: str, style: int) -> str:
        """A number; a text where it is none, or one that programs would round."""
        if not text or is_exact(text):
            return number_body(text, style) if text else text_body(text, style)
        self._all.cleaner.note("KEPT_AS_TEXT", _COLUMNS[field])
        if field == "quantity":
            self._apart.append(number_of(text) or 0.0)
        return text_body(self._all.cleaner.text(field, text), style)

    def _quantity_cells(self, texts: Sequence[str], found: Sequence[float], after: str) -> list[str]:
        style = self._styles["quantity"]
        if not is_counted(self._condition.unit):
            return self._numbers("quantity", texts, style, after)
        whole = self._all.styles.of(looks.WHOLE)  # pieces
        styles = (whole if number.is_integer() else style for number in found)
        make = number_body if _is_plain(texts) else partial(self._number, "quantity")
        return [make(text, each) + after for text, each in zip(texts, styles, strict=True)]

    # --- after the rows

    def end(self) -> str:
        """The sum, how many there are, and what follows the rows."""
        self.sheet.last = self.row
        self._last = max(self.row, self.header + 1)  # without measurements an empty row is added up
        self.sheet.printed = letter(_PRINTED), self._last + _LINES_BELOW
        column = letter(self._quantity)
        range = f"{column}{self.header + 1}:{column}{self._last}"
        apart = f"+{math.fsum(self._apart)!r}" if self._apart else ""  # SUM passes over texts
        total, rows = self.sum().total, self.sum().rows
        look = looks.WHOLE if is_counted(self._condition.unit) and total.is_integer() else self.shown
        lines = [
            ("Total", f"SUM({range}){apart}", total, look),
            ("Measurements", f"ROWS({range})" if rows else "", rows, looks.WHOLE),
        ]
        made = "".join(self._below(n, *line) for n, line in enumerate(lines, self._last + 1))
        return made + self.sheet.end()

    def _below(self, number: int, label: str, formula: str, value: float, look: Look) -> str:
        cells: list[Cell | None] = [Cell(None, looks.TOTAL) for _ in self._fields]
        cells[0] = Cell(label, looks.TOTAL_TEXT)
        cells[self._quantity - 1] = Cell(value, looks.total_of(look), formula)
        if label == "Total":
            cells[self._quantity] = Cell(self._all.cleaner.text("unit", unit_shown(self._condition)), looks.TOTAL_TEXT)
        return row(number, cells, self._all.styles)

    def sum(self) -> Sum:
        """What stands below the rows."""
        row = max(self.row, self.header + 1) + 1
        return Sum(self.name, letter(self._quantity), row, math.fsum(self._quantities), self.row - self.header)


def _rows_of_last(sums: Sequence[Sum]) -> int:
    return sums[-1].rows


def _seen() -> bool:
    """Whether what a check looks for was made so, which the tests hold."""
    return True


def _is_plain(texts: Sequence[str]) -> bool:
    """Whether all texts are numbers as most are: then none takes a closer look."""
    return _PLAIN.fullmatch("\n".join(texts) + "\n") is not None


def _numbers_of(texts: Sequence[str]) -> list[float]:
    return list(map(float, texts)) if _is_plain(texts) else [number_of(text) or 0.0 for text in texts]


def _made(texts: Sequence[str], make: Callable[[str], str]) -> list[str]:
    """Cells of which many are alike."""
    found = {text: make(text) for text in set(texts)}
    return [found[text] for text in texts]


def header_of(condition: Condition) -> int:
    """The row of the headers on a condition's sheet."""
    return 1 + (_LINES_ABOVE if condition.description.strip() else _LINES_ABOVE - 1)


def _facts_of(condition: Condition, takeoff: Takeoff) -> Iterator[str]:
    """What is said of a condition above its measurements."""
    if condition.measurement_type:
        yield condition.measurement_type.capitalize()
    yield f"Unit: {unit_shown(condition)}"
    for name in ("category", "scope", "building", "area", "elevation"):
        if found := getattr(condition, name).strip():
            yield f"{name.capitalize()}: {found}"
    known = unit(condition.unit)
    inches = "mm" if known is not None and known.metric else "in"
    sizes: Mapping[str, float | None] = {"Depth": condition.depth, "Thickness": condition.thickness}
    yield from (f"{name}: {size:g} {inches}" for name, size in sizes.items() if size is not None)
    if len(takeoff.projects) > 1:
        yield f"Project: {takeoff.project_names.get(condition.project_id, condition.project_id)}"
