from typing import Any, ClassVar

import attrs
from sqlalchemy import column

from exporter.source import RecordSource, Source
from exporter.testing import TakeoffConformance


class TestOst(TakeoffConformance):
    format = "ost"
    option_values: ClassVar = {"include_costs": False}

    def source(self, *given: Any, **more: Any) -> Source:
        """The rows of the kit, of which the first project alone is described: one file is one project."""
        found = super().source(*given, **more)
        return attrs.evolve(found, records={name: _alone(name, record) for name, record in found.records.items()})


def _alone(name: str, record: Any) -> Any:
    """A record without its project."""
    if name not in ("project", "page", "condition"):
        return record
    assert isinstance(record, RecordSource)
    if name == "project":
        return attrs.evolve(record, select=record.select.where(column("_key") == 1))
    kept = [each for each in record.select.selected_columns if each.key != "project_id"]
    return attrs.evolve(record, select=record.select.with_only_columns(*kept, maintain_column_froms=True))
