"""The looks that the sheets of a workbook share."""

from __future__ import annotations

from functools import cache

import attrs

from exporter_excel_pdf.excel.styles import GREY, LINK, NAVY, Look


@cache
def decimals(places: int) -> Look:
    """Numbers with so many decimals, negative ones red."""
    code = "#,##0" + ("." + "0" * places if places else "")
    return Look(format=f"{code};[Red]-{code}", line="bottom")


def total_of(look: Look) -> Look:
    """The look of a total of what looks like this."""
    return attrs.evolve(TOTAL, format=look.format)


TITLE = Look(bold=True, size=16, ink=NAVY)
LABEL = Look(ink="5b6573")
FACT = Look(wrap=True)
BACK = Look(ink=LINK, underline=True)
TEXT = Look(line="bottom", align="left", indent=1)  # what stands beside numbers keeps away from them
NOTES = attrs.evolve(TEXT, wrap=True)
HYPERLINK = attrs.evolve(TEXT, ink=LINK, underline=True)
HEADER = Look(bold=True, ink="ffffff", fill=NAVY, line="all", wrap=True, align="left", indent=1, middle=True)
HEADER_NUMBER = attrs.evolve(HEADER, align="right", indent=2)  # beside the button of the filter, which would hide it
GROUP = Look(bold=True, size=12, ink=NAVY, fill="dce3ef", align="left", indent=1, middle=True)
TOTAL = Look(bold=True, fill=GREY, line="top")
TOTAL_TEXT = attrs.evolve(TOTAL, align="left", indent=1)
DATE = Look(format="yyyy-mm-dd", align="left")
WHOLE = decimals(0)
MONEY = decimals(2)
PAGE = attrs.evolve(TEXT, format="0")
PIXELS = Look(format="#,##0.0", line="bottom")
PERCENT = Look(format="0.0%", line="bottom")
