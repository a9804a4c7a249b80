"""The panel of findings."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.figures.panel import HEAD_ROOM, SMALL, TEXT, Panel, bar, number_of
from exporter.figures.paper import LEVELS as COLOURS
from exporter.figures.paper import SOFT
from exporter.report import LEVELS, Finding


def found(panel: Panel, findings: Sequence[Finding], *, checked: bool, most: int = 7) -> str:
    """A list of what was found, the gravest first; the level stands there in words and in a colour.

    :param most: lines that there is room for.
    """
    if not findings:
        panel.head("Found", "")
        panel.nothing("Nothing found" if checked else "Not checked")
        return "Found: nothing." if checked else "Found: not checked."
    ordered = sorted(findings, key=lambda f: (LEVELS.index(f.level), -f.count, f.code, f.record))
    tally = [number_of(n, level) for level in LEVELS if (n := sum(f.level == level for f in findings))]
    panel.head("Found", ", ".join([*tally, *([] if checked else ["not checked any further"])]))
    shown = ordered if len(ordered) <= most else ordered[: most - 1]
    high = (panel.box.height - HEAD_ROOM) / most
    for i, finding in enumerate(shown):
        _finding(panel, finding, panel.box.top - HEAD_ROOM - i * high)
    if len(shown) < len(ordered):
        y = panel.box.top - HEAD_ROOM - len(shown) * high - TEXT - 2
        panel.type.put(
            panel.box.left + 86, y, f"and {number_of(len(ordered) - len(shown), 'finding')} more", TEXT, color=SOFT
        )
    codes = ", ".join(f"{f.level} {f.code} ({f.count:,})" for f in ordered[:5])
    return f"Found: {', '.join(tally)}: {codes}{', and more' if len(ordered) > 5 else ''}."


def _finding(panel: Panel, finding: Finding, top: float) -> None:
    left, y = panel.box.left, top - TEXT - 2
    bar(panel, left, y - 4, 74, TEXT + 6, COLOURS[finding.level])
    panel.type.put(left + 37, y, finding.level, SMALL, align="center", weight="bold")
    right = left + panel.box.width
    number = f"{finding.count:,}"
    panel.type.put(right, y, number, TEXT, align="right", weight="bold")
    room = panel.box.width - 86 - panel.type.width(number, TEXT, weight="bold") - 12
    code = panel.type.fit(finding.code, room, TEXT, weight="bold")
    panel.type.put(left + 86, y, code, TEXT, weight="bold")
    about = finding.record or finding.part
    taken = panel.type.width(code, TEXT, weight="bold") + 10
    if about and taken < room - 40:
        panel.type.put(left + 86 + taken, y, panel.type.fit(about, room - taken, TEXT), TEXT, color=SOFT)
    message = panel.type.fit(finding.message, panel.box.width - 86, SMALL)
    panel.type.put(left + 86, y - 17, message, SMALL, color=SOFT)
