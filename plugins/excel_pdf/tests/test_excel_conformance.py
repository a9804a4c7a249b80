from typing import ClassVar

from exporter.testing import TakeoffConformance


class TestExcel(TakeoffConformance):
    format = "excel"
    bytes_per_row = (
        1700  # a fourth of the kit's rows are conditions: names, links, sums and print areas of their sheets are kept
    )
    rows_streamed = (300, 1200)  # each condition makes a file
    option_values: ClassVar = {
        "include_costs": False,
        "group_by": "category",
        "decimals": 4,
        "currency": "USD",
        "summary_only": True,
    }
