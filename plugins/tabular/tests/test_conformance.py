"""The kit, for rows of biodiversity and of takeoffs."""

from typing import ClassVar

from exporter.testing import FormatConformance

_OF_TAKEOFF = dict.fromkeys(
    ("geometry", "include_unverified", "include_costs", "hide_empty"),
    "of takeoffs, whose rows the classes below are tried on",
)
_LAYOUTS = {"layout": "occurrences", "record": "event", "headers": "terms"}


class TestCsv(FormatConformance):
    format = "csv"
    option_values: ClassVar = {**_LAYOUTS, "delimiter": "semicolon", "sanitize": False}
    options_without_effect: ClassVar = _OF_TAKEOFF


class TestJson(FormatConformance):
    format = "json"
    option_values: ClassVar = _LAYOUTS
    options_without_effect: ClassVar = _OF_TAKEOFF


class TestJsonLines(FormatConformance):
    format = "jsonl"
    option_values: ClassVar = _LAYOUTS
    options_without_effect: ClassVar = _OF_TAKEOFF


class _Takeoff(FormatConformance):
    family = "takeoff"
    bytes_per_row = 800  # projects, pages and conditions are kept
    option_values: ClassVar = {
        "layout": "conditions",
        "record": "page",
        "geometry": "wkt",
        "include_unverified": False,
        "include_costs": False,
        "hide_empty": True,
    }
    option_context: ClassVar = {"include_costs": {"layout": "conditions"}, "hide_empty": {"layout": "all"}}
    options_without_effect: ClassVar = {"headers": "takeoffs have no standard with terms of its own"}


class TestCsvOfTakeoff(_Takeoff):
    format = "csv"
    option_values: ClassVar = {"delimiter": "semicolon", "sanitize": False}
    option_context: ClassVar = {"sanitize": {"layout": "all"}}


class TestJsonOfTakeoff(_Takeoff):
    format = "json"


class TestJsonLinesOfTakeoff(_Takeoff):
    format = "jsonl"


class TestCsvOfAllOfTakeoff(_Takeoff):
    format = "csv"
    options: ClassVar = {"layout": "all"}
    option_values: ClassVar = {"delimiter": "tab", "sanitize": False}
    options_without_effect: ClassVar = {"record": "of the layout 'record'"}
