"""Rows count as they are read: a table is read once, to its end, and who does otherwise is told so by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter.errors import PluginError
from exporter.testing import sample_source

TWICE = "The table 'event' was read a second time."
Read = Callable[[Any, Any], Any]


class Rows(exporter.Format[Any]):
    """Events, read as the test says."""

    name = "rows"
    title = "Rows"
    extension = "txt"
    packaging = "file"

    def __init__(self, *reads: Read) -> None:
        self.passes = reads

    def reads(self, options: Any) -> frozenset[str]:
        return frozenset({"event"})

    def exporter_query(self, ctx: Any, records: Any) -> Any:
        return [exporter.table("event", records["event"], exporter.provided(records["event"]))]

    def exporter_serialize(self, ctx: Any, tables: Any) -> Iterator[exporter.Part]:
        for read in self.passes:
            list(read(ctx, tables[0]))
        yield exporter.Part("rows.txt", [b"done"])

    def exporter_figure(self, ctx: Any, tables: Any, file: Path) -> str:
        for _ in range(2):
            list(ctx.texts(tables[0]))
        file.write_bytes(b"picture")
        return "nothing"


def texts(ctx: Any, table: Any) -> Any:
    return ctx.texts(table)


def lines(ctx: Any, table: Any) -> Any:
    return ctx.lines(table)


def aside(ctx: Any, table: Any) -> Any:
    return ctx.reader.aside().texts(table)


def run(folder: Path, *reads: Read, **more: Any) -> exporter.api.Result:
    return exporter.run(format=Rows(*reads), source=sample_source("biodiversity"), output=folder / "rows.txt", **more)


@pytest.mark.parametrize("second", [texts, lines])
def test_a_second_reading_is_refused_and_names_table_and_plugin(second: Read, tmp_path: Path) -> None:
    with pytest.raises(PluginError) as caught:
        run(tmp_path, texts, second)
    assert caught.value.message == f"Plugin 'rows' failed in exporter_serialize: {TWICE}"
    assert "ctx.reader.aside()" in caught.value.hint
    assert caught.value.exit_code == 3
    assert not list(tmp_path.iterdir())


def test_it_is_refused_where_it_begins(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=TWICE):
        run(tmp_path, lambda ctx, table: [next(ctx.texts(table))], texts)


def test_a_look_aside_does_not_count(tmp_path: Path) -> None:
    assert run(tmp_path, aside, texts, aside).report.records["event"].written == 12


def test_a_figure_may_read_what_was_written(tmp_path: Path) -> None:
    assert run(tmp_path, texts, figure=tmp_path / "rows.png").report.records["event"].written == 12


def test_a_table_that_was_not_read_to_its_end_is_the_formats_fault(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"has 0 rows; 12 were counted\. The format 'rows' did not read it to its end"):
        run(tmp_path)
