"""Rules of a host in exporter.toml: rows that are left out or flagged, and counted under a code of the host's own.

    [sources.traps.rules.MEDIA_NOT_PUBLIC]
    record = "media"
    where = "not public"                 # in the database's own SQL, on the record's table or query
    message = "The picture is not public; it was left out."
    level = "info"                       # or warning (the default), error
    keep = false                         # true: only counted

A condition that stands as `where` of the record itself takes rows out before anything is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, select, text

from exporter.context import ExportContext
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.source import KEY

KEYS = {"record", "where", "message", "level", "keep"}


@attrs.frozen
class ConfigRule:
    """A rule as exporter.toml has it, and where it stands there."""

    code: str
    record: str
    where: str
    message: str
    level: Any = "warning"
    keep: bool = False
    origin: str = ""

    def rule(self, row: RecordRows) -> Rule:
        """The rule on the rows of a run."""
        row.origins[self.origin] = row.bound.select.where(text(self.where))
        broken = row.origins[self.origin].subquery(f"{row.name}_{self.code.lower()}")
        where: ColumnElement[bool] = row.key.in_(select(broken.c[KEY]))
        return Rule(self.record, self.code, self.message, self.level, where=where, drop=not self.keep)


@attrs.frozen
class ConfigRules:
    """The hook that gives them to a run."""

    rules: tuple[ConfigRule, ...]

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """Those whose record the run has."""
        return [r.rule(records[r.record]) for r in self.rules if r.record in records]
