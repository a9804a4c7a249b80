"""The sheet of charts: for each unit the largest quantities, as a table and as bars in the conditions' colours.

They have a sheet of their own, where they hide nothing and print well; its cells refer to those of the Summary. The conditions of
one unit seldom stand together there, and few programs draw a series that is taken from here and there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from exporter.colours import colour_of
from exporter.takeoff.data import Condition
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.book import CHARTS, SUMMARY, Book
from exporter_excel_pdf.excel.cells import Cell, escaped, letter, markup, quoted
from exporter_excel_pdf.excel.groups import in_units
from exporter_excel_pdf.excel.sheet import Line, Sheet, fitted_to
from exporter_excel_pdf.excel.styles import XML

_MOST_BARS, _MOST_UNITS = 15, 6
_LEAST_ROWS = 14  # of the sheet beside a chart
_WIDE = 11  # columns of the sheet that a chart takes
_ON_PAGE = 2  # charts, in print
_DOWN = 40_000  # from the edge of its row, in 1/360,000 of a centimetre, lest a page break shows its frame on both pages
_HEADERS = ("Condition", "Quantity")
_EDGE = "8a93a0"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"


@attrs.frozen
class Chart:
    """A chart: its conditions, the largest first, in rows that follow each other from `begin` on.

    :param top, bottom: the rows of the sheet that it takes, from 0.
    """

    title: str
    unit: str
    conditions: Sequence[Condition]
    begin: int
    top: int
    bottom: int


class Charts:
    """The sheet, its drawing and its charts.

    :param quantity: the column of the Summary that quantities are taken from.
    """

    def __init__(self, book: Book, quantity: str) -> None:
        self._book, self._quantity = book, quantity
        self.charts = list(self._planned())

    def _planned(self) -> Iterator[Chart]:
        """Units with most conditions first; nothing for those of which all is 0."""
        units = sorted(in_units(self._book.conditions).items(), key=lambda item: -len(item[1]))
        row = 3
        for unit, conditions in [each for each in units if any(map(self._size, each[1]))][:_MOST_UNITS]:
            largest = sorted(conditions, key=self._size, reverse=True)[:_MOST_BARS]
            of = f"{len(largest)} largest of {len(conditions)}" if len(largest) < len(conditions) else f"{len(conditions)}"
            title = f"Quantities in {unit} ({of} condition{'s' if len(conditions) > 1 else ''})"
            bottom = row + max(len(largest) * 5 // 4 + 3, _LEAST_ROWS)
            yield Chart(title, unit, largest, row + 2, row - 1, bottom)
            row = bottom + 2

    def _size(self, condition: Condition) -> float:
        return abs(self._book.quantities[condition.number])

    # --- the sheet

    def sheet(self) -> tuple[Sheet, list[Line]]:
        """The sheet and its rows."""
        lines = [Line([Cell(CHARTS, looks.TITLE)], 26.0)]
        for chart in self.charts:
            lines += [Line([]) for _ in range(chart.top - len(lines))]
            lines.append(Line([self._book.text("unit", chart.title, looks.GROUP), Cell(None, looks.GROUP)]))
            lines.append(Line([Cell("Condition", looks.HEADER), Cell("Quantity", looks.HEADER_NUMBER)]))
            lines += map(self._line, chart.conditions)
        widths = fitted_to(
            _HEADERS, [line for line in lines if len(line.cells) == 2 and line.cells[1] and line.cells[1].formula]
        )
        breaks = [chart.top for chart in self.charts[_ON_PAGE::_ON_PAGE]]
        sheet = Sheet(CHARTS, widths=[min(widths[0], 40.0), widths[1], 3.0, *([9.0] * _WIDE)], drawing=True, breaks=breaks)
        return sheet, lines

    def _line(self, condition: Condition) -> Line:
        value = self._book.quantities[condition.number]
        there = f"{quoted(SUMMARY)}!{self._quantity}{self._book.rows[condition.number]}"
        return Line([self._book.title(condition), Cell(value, self._book.quantity_look(condition, value), there)])

    # --- the drawing

    def drawing(self) -> str:
        """Where the charts are: to the right of their cells."""
        anchors = "".join(self._anchor(n, chart) for n, chart in enumerate(self.charts, 1))
        return f'{XML}<xdr:wsDr xmlns:xdr="{_XDR}" xmlns:a="{_A}">{anchors}</xdr:wsDr>'

    def _anchor(self, number: int, chart: Chart) -> str:
        def corner(name: str, column: int, row: int) -> str:
            place = f"<xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>{_DOWN}</xdr:rowOff>"
            return f"<xdr:{name}>{place}</xdr:{name}>"

        return (
            f'<xdr:twoCellAnchor editAs="oneCell">{corner("from", 3, chart.top)}{corner("to", 3 + _WIDE, chart.bottom)}'
            f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="{number + 1}" name="Chart {number}"/>'
            "<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>"
            '<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>'
            f'<a:graphic><a:graphicData uri="{_C}"><c:chart xmlns:c="{_C}" xmlns:r="{_R}" r:id="rId{number}"/></a:graphicData>'
            "</a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>"
        )

    def chart(self, chart: Chart) -> str:
        """One chart: bars from the left, the largest on top."""
        end = chart.begin + len(chart.conditions) - 1
        names, values = (f"{quoted(CHARTS)}!${letter(n)}${chart.begin}:${letter(n)}${end}" for n in (1, 2))
        title = self._book.cleaner.text("unit", chart.title)
        quantities = [self._book.quantities[each.number] for each in chart.conditions]
        look = self._book.quantity_look(chart.conditions[0], *quantities).format.partition(";")[0]
        least = '<c:min val="0"/>' if min(quantities) >= 0 else ""  # else bars would seem longer than they are
        return (
            f'{XML}<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}" xmlns:r="{_R}"><c:roundedCorners val="0"/><c:chart>'
            f'<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1200" b="1"/></a:pPr><a:r>'
            f'<a:t>{markup(title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>'
            '<c:plotArea><c:layout/><c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
            '<c:ser><c:idx val="0"/><c:order val="0"/><c:invertIfNegative val="0"/>'
            f"{''.join(map(_point, range(len(chart.conditions)), chart.conditions))}"
            f'<c:dLbls><c:numFmt formatCode="{look}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
            f'<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
            '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
            f"<c:cat><c:strRef><c:f>{names}</c:f>{self._texts(chart)}</c:strRef></c:cat>"
            f"<c:val><c:numRef><c:f>{values}</c:f>{self._numbers(chart, look)}</c:numRef></c:val></c:ser>"
            '<c:gapWidth val="40"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
            '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
            '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            '<c:crossAx val="2"/><c:crosses val="autoZero"/><c:tickLblSkip val="1"/></c:catAx>'
            f'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>{least}</c:scaling><c:delete val="0"/>'
            f'<c:axPos val="b"/><c:majorGridlines><c:spPr>{_line("d9dee7")}</c:spPr></c:majorGridlines>'
            '<c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
            '<c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="max"/></c:valAx></c:plotArea>'
            '<c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
        )

    def _texts(self, chart: Chart) -> str:
        points = (
            f'<c:pt idx="{n}"><c:v>{escaped(str(self._book.title(each).value))}</c:v></c:pt>'
            for n, each in enumerate(chart.conditions)
        )
        return f'<c:strCache><c:ptCount val="{len(chart.conditions)}"/>{"".join(points)}</c:strCache>'

    def _numbers(self, chart: Chart, look: str) -> str:
        points = (
            f'<c:pt idx="{n}"><c:v>{self._book.quantities[each.number]!r}</c:v></c:pt>'
            for n, each in enumerate(chart.conditions)
        )
        count = f'<c:ptCount val="{len(chart.conditions)}"/>'
        return f"<c:numCache><c:formatCode>{look}</c:formatCode>{count}{''.join(points)}</c:numCache>"


def _point(number: int, condition: Condition) -> str:
    colour = colour_of(condition.colour, condition.number)[1:]
    fill = f'<a:solidFill><a:srgbClr val="{colour.upper()}"/></a:solidFill>'
    return (
        f'<c:dPt><c:idx val="{number}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
        f"<c:spPr>{fill}{_line(_EDGE)}</c:spPr></c:dPt>"
    )


def _line(colour: str) -> str:
    return f'<a:ln w="6350"><a:solidFill><a:srgbClr val="{colour.upper()}"/></a:solidFill></a:ln>'
