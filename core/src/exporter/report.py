"""What a run tells: findings, counts by record, the way each table took. Written as report.json and shown on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")
EXAMPLES = 5
_LONGEST = 200  # characters of an example


def _short(examples: Iterable[str]) -> list[str]:
    """An identifier may be a text of megabytes."""
    return [e if len(e) <= _LONGEST else e[:_LONGEST] + "..." for e in examples]


@attrs.define
class Finding:
    """Something about the data or the file that somebody should know.

    :param count: how many rows, cells or files it concerns.
    :param examples: the first of them, as identifiers or as `file:line`.
    :param record: the record it is about, or empty.
    :param part: the file inside the artifact, or empty.
    :param action: what was done: dropped, kept, replaced, or empty.
    """

    level: Level
    code: str
    message: str
    count: int = 1
    examples: list[str] = attrs.field(factory=list, converter=_short)
    record: str = ""
    part: str = ""
    action: str = ""


@attrs.define
class RecordCount:
    """Where the rows of one record went. `rows` is the sum of the other three.

    :param rows: rows of the source, within project and scope.
    :param filtered: rows that the filters left out.
    :param left_out: rows that rules left out; the findings say why.
    :param written: rows in the artifact, or that would be.
    """

    rows: int = 0
    filtered: int = 0
    left_out: int = 0
    written: int = 0


@attrs.define
class Report:
    """Everything that a run found out, in the order it did.

    :param workers: how many connections read at once; :param alone: why only one did, where more were wanted.
    :param checked: whether anything but what rules leave out was looked for.
    :param classes: rows by class; :param counts: what else the family counts, such as images by split.
    :param ways: how each table was read, by its name.
    :param figure: where the figure is that was asked for; :param page: where the page is.
    """

    format: str = ""
    title: str = ""
    source: str = ""
    started: str = ""
    options: dict[str, Any] = attrs.field(factory=dict)
    filters: dict[str, Any] = attrs.field(factory=dict)
    filters_in_words: list[str] = attrs.field(factory=list)
    project: str | None = None
    snapshot: str = ""
    isolation: str = ""
    workers: int = 1
    alone: str = ""
    checked: bool = True
    records: dict[str, RecordCount] = attrs.field(factory=dict)
    classes: dict[str, int] = attrs.field(factory=dict)
    counts: dict[str, dict[str, int]] = attrs.field(factory=dict)
    findings: list[Finding] = attrs.field(factory=list)
    ways: dict[str, str] = attrs.field(factory=dict)
    parts: list[dict[str, Any]] = attrs.field(factory=list)
    versions: dict[str, str] = attrs.field(factory=dict)
    artifact: str = ""
    figure: str = ""
    page: str = ""
    bytes: int = 0
    sha256: str = ""
    seconds: float = 0.0

    def add(self, finding: Finding) -> None:
        """Note a finding; one of the same code, record and part grows instead."""
        for known in self.findings:
            if (known.code, known.record, known.part) == (finding.code, finding.record, finding.part):
                known.count += finding.count
                known.examples = list(dict.fromkeys([*known.examples, *finding.examples]))[:EXAMPLES]
                return
        self.findings.append(finding)

    def errors(self) -> list[Finding]:
        """The findings of level error."""
        return [f for f in self.findings if f.level == "error"]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return attrs.asdict(self)

    def as_json(self) -> str:
        """The report as JSON, for people and machines."""
        import orjson

        return orjson.dumps(self.as_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def size_text(bytes: int) -> str:
    """A size as disks are sold: 1 kB is 1000 bytes."""
    size = float(bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def check_json(file: str, format: str, findings: Iterable[Finding]) -> Mapping[str, Any]:
    """What `exporter check --json` prints."""
    shown = ("level", "code", "message", "count", "examples")
    return {"file": file, "format": format, "findings": [{k: getattr(f, k) for k in shown} for f in findings]}
