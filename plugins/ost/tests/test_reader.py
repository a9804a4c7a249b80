"""What the reader makes of files; tests/test_ost_round_trip.py holds it against a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.errors import InputError
from exporter.takeoff.geometry import read as geometry
from exporter_ost import reader
from exporter_ost.walk import elements

from .host import SLAB, exported, host
from .test_checks import PUBLIC


def test_a_file_of_the_public_system_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(PUBLIC, encoding="utf-8")
    project, slab, first, second, doors = reader.read(path)
    assert project == reader.Project("House", "Two storeys", "Ada", None)
    assert isinstance(slab, reader.Condition)
    assert (slab.id, slab.unit, slab.total_quantity, slab.scope, slab.costs) == ("c1", "SF", 150.75, None, None)
    assert isinstance(first, reader.Item)
    assert isinstance(second, reader.Item)
    assert first.condition is slab
    assert first.geometry == geometry("polygon", '{"points": [[0, 0], [10.05, 0], [10.05, 10]]}')
    assert second.geometry == geometry("circle", '{"center": [5, 5], "radius": 4}')
    assert (first.page_number, second.page_number, second.is_verified) == ("1", None, None)
    assert isinstance(doors, reader.Condition)


@pytest.mark.parametrize(
    ("old", "new"), [("</OSTProject>", ""), ("150.75", "much"), (' id="m2"', ""), ("OSTProject", "Else")]
)
def test_what_cannot_be_read_is_told(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(PUBLIC.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match="takeoff"):
        list(reader.read(path))


def test_memory_is_flat(tmp_path: Path) -> None:
    """Of the items that have passed, no element is left."""
    exported(host(tmp_path, [{} for _ in range(500)], conditions=[SLAB]), tmp_path)
    most = max(len(element.getparent()) for what, element in elements(tmp_path / "out.xml") if what == "TakeoffItem")
    assert most < 100  # those that were parsed with the block that is looked at
