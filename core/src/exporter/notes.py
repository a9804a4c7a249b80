"""What a check of a finished file meets: counted by code, with the first examples of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from exporter.report import EXAMPLES, Finding, Level


@attrs.frozen
class Problem:
    """A problem.

    :param source: whose rule it breaks.
    """

    level: Level
    message: str
    source: str


@attrs.define
class Notes:
    """Problems as they are met: how many, and the first of each.

    :param problems: those that there can be, by code.
    """

    problems: Mapping[str, Problem]
    _counts: dict[str, int] = attrs.field(factory=dict, init=False)
    _examples: dict[str, list[str]] = attrs.field(factory=dict, init=False)

    def add(self, code: str, example: object = "", count: int = 1) -> None:
        """Note a problem."""
        self._counts[code] = self._counts.get(code, 0) + count
        examples = self._examples.setdefault(code, [])
        if example != "" and len(examples) < EXAMPLES:
            examples.append(str(example))

    def findings(self) -> Iterator[Finding]:
        """A finding for each code."""
        for code, count in self._counts.items():
            problem = self.problems[code]
            yield Finding(problem.level, code, problem.message, count, self._examples[code])
