"""The testing kit finds what it is there to find: one format that keeps everything, and a fault at a time in it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from exporter import registry
from exporter.options import fields
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import CostOptions, TakeoffOptions
from exporter.testing import FormatConformance, TakeoffConformance

MODULE = """
from __future__ import annotations
import attrs
from exporter import Finding, Format, Part, option

@attrs.frozen
class Options:
    greeting: str = option(default="Hello", help="The first word")

class Good(Format[Options]):
    name = "kit-probe"
    title = "Lines"
    extension = "zip"

    def exporter_query(self, ctx, records):
        from exporter import provided, table
        return [table(name, rows, provided(rows)) for name, rows in records.items()]

    def exporter_serialize(self, ctx, tables):
        for table in tables:
            yield Part(table.name + ".txt", self.lines(ctx, table))

    def lines(self, ctx, table):
        for rows in ctx.texts(table):
            yield "".join(f"{ctx.options.greeting} {row}\\n" for row in rows).encode()

    def exporter_check(self, file, options):
        return []
"""


class Probe(FormatConformance):
    format = "kit-probe"
    option_values: ClassVar = {"greeting": "Good evening"}


@pytest.fixture
def install(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Installs the format as a wheel would be, with a line of its code replaced."""
    site = tmp_path_factory.mktemp("site")
    metadata = site / "kit_probe-1.0.dist-info"

    def write(old: str = "", new: str = "") -> None:
        assert old in MODULE
        (site / f"{site.name}.py").write_text(MODULE.replace(old, new, 1) if old else MODULE)
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kit-probe\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[exporter.formats]\nkit-probe = {site.name}:Good\n")
        monkeypatch.syspath_prepend(str(site))
        registry._points.cache_clear()

    yield write
    monkeypatch.undo()
    registry._points.cache_clear()


def run_test(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test of the kit, as pytest would call it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    test = getattr(Probe(), name)
    given: dict[str, Any] = {"tmp_path": folder, "monkeypatch": monkeypatch, "stage": "writing", "kind": ".png"}
    test(**{p: given[p] for p in inspect.signature(test).parameters})


TESTS = [name for name in vars(FormatConformance) if name.startswith("test_")]


@pytest.mark.parametrize("name", TESTS)
def test_a_good_format_passes(
    name: str, install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install()
    run_test(name, tmp_path, monkeypatch)


NAMED_BY_ROWS = """for table in tables:
            for rows in ctx.texts(table):
                for row in rows:
                    yield Part(row[1], [b"x"])
        for table in tables:"""
LITTERS = "(ctx.output.parent / 'notes').write_text('x')\n        for table in tables:"
LOCAL_TIME = "{__import__('datetime').datetime.fromtimestamp(1717277400)}"
HIDDEN = "class Options:\n    hidden: str = attrs.field(default='', kw_only=True)"
PLAIN_CHECK = "def exporter_check(self, file, options):\n        return []"
TRUSTING_CHECK = """def exporter_check(self, file, options, receipts):
        return [] if receipts else [Finding('error', 'BAD', 'It is bad.')]"""
STRANGER = "return []\n\n    def recognises(self, file):\n        return False"
SHY = "class Options:\n    shy: str = option(default='', help='Nothing')"

# the fault: the test that finds it, the line of code, what it becomes, what the test says
FAULTS = {
    "another name": ("test_entry_point", 'name = "kit-probe"', 'name = "other"', "its entry point 'kit-probe'"),
    "no title": ("test_attributes", 'title = "Lines"', 'title = ""', "`title` is empty"),
    "a dot": ("test_attributes", '"zip"', '".zip"', "without the dot"),
    "heavy": ("test_listing_it_loads_nothing_heavy", "import attrs", "import attrs, sqlalchemy", "imports SQLAlchemy"),
    "no option()": ("test_options_are_described", "class Options:", HIDDEN, "hidden"),
    "no help": ("test_options_are_described", '"The first word"', '" "', "no help text"),
    "no effect": ("test_options_change_the_output", "{ctx.options.greeting}", "Hello", "changes nothing"),
    "never tried": ("test_options_change_the_output", "class Options:", SHY, r"List \['shy'\]"),
    "a set": ("test_same_rows_give_same_bytes", "for row in rows", "for row in set(rows)", "different bytes"),
    "the path": ("test_same_rows_give_same_bytes", "{ctx.options.greeting}", "{ctx.output}", "different bytes"),
    "local time": ("test_same_rows_give_same_bytes", "{ctx.options.greeting}", LOCAL_TIME, "different bytes"),
    "wants a row": ("test_no_rows", "in ctx.texts(table):", "in [next(ctx.texts(table))]:", "StopIteration"),
    "its own error": ("test_own_findings", "return []", "return [Finding('error', 'BAD', 'It is bad.')]", "BAD"),
    "its own error, in full": ("test_own_findings", PLAIN_CHECK, TRUSTING_CHECK, "BAD"),
    "a stranger": ("test_own_findings", "return []", STRANGER, "recognise its own"),
    "ASCII": ("test_hostile_rows", ".encode()", ".encode('ascii')", "UnicodeEncodeError"),
    "names from rows": ("test_hostile_rows", "for table in tables:", NAMED_BY_ROWS, "name"),
    "litters": ("test_hostile_rows", "for table in tables:", LITTERS, "notes"),
    "litters when stopped": ("test_cancel", "for table in tables:", LITTERS, "left behind"),
    "piles up": ("test_rows_are_streamed", "in ctx.texts(table):", "in list(ctx.texts(table)):", "bytes more"),
    "half a file": (
        "test_check_of_a_broken_file",
        "return []",
        "return __import__('zipfile').ZipFile(file) and []",
        "not a zip file",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test, old, new, said = FAULTS[fault]
    install(old, new)
    with pytest.raises(Exception, match=said):
        run_test(test, tmp_path, monkeypatch)


@pytest.mark.parametrize("shared", [TakeoffOptions, CostOptions])
def test_the_options_that_takeoffs_share_have_values(shared: type[TakeoffOptions]) -> None:
    class Estimate(TakeoffFormat[Any]):
        name = "estimate"
        Options = shared

    class OfEstimate(TakeoffConformance):
        def _format(self) -> Estimate:
            return Estimate()

    class WithAWrongOption(OfEstimate):
        option_values: ClassVar = {"include_costs": True, "shy": "x"}

    assert OfEstimate()._all("option_values").keys() == set(fields(shared))
    assert WithAWrongOption()._all("option_values").keys() == {*fields(CostOptions), "shy"}
