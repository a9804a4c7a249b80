from typing import Any, ClassVar

import attrs
from sqlalchemy import column, literal

from exporter.source import RecordSource, Source
from exporter.testing import TakeoffConformance


class TestOst(TakeoffConformance):
    format = "ost"
    option_values: ClassVar = {"include_costs": False, "dialect": "bid"}

    def source(self, *given: Any, **more: Any) -> Source:
        """The rows of the kit, of which the first project alone is described: one file is one project."""
        found = super().source(*given, **more)
        return attrs.evolve(found, records={name: _alone(name, record) for name, record in found.records.items()})


class TestBid(TestOst):
    options: ClassVar = {"dialect": "bid"}
    bytes_per_row = 1500  # pages and places have their numbers, and where their takeoffs wait
    option_values: ClassVar = {"dialect": "neutral"}


def _alone(name: str, record: Any) -> Any:
    """A record without its project; pages have a scale, without which there is no bid."""
    if name not in ("project", "page", "condition"):
        return record
    assert isinstance(record, RecordSource)
    if name == "project":
        return attrs.evolve(record, select=record.select.where(column("_key") == 1))
    kept = [each for each in record.select.selected_columns if each.key != "project_id"]
    kept = [literal(37.5).label("scale") if each.key == "scale" else each for each in kept]
    return attrs.evolve(record, select=record.select.with_only_columns(*kept, maintain_column_froms=True))
