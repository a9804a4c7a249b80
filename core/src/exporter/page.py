"""A page about a run, for people: one HTML file that asks no other host for anything, to be read, kept and printed.

What stands in it comes from the report. Texts from the data are escaped by the template, and a Content-Security-Policy forbids
scripts and every address but `data:`, should one ever slip through.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from exporter.report import LEVELS, Report, size_text

if TYPE_CHECKING:
    import jinja2

_TEMPLATE = "report.html.j2"
_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
_NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@attrs.frozen
class Picture:
    """A picture of the artifact's rows.

    :param words: what it shows, for people who cannot see it.
    """

    file: Path
    words: str

    @property
    def uri(self) -> str:
        """The picture itself, as an address that needs no host."""
        return f"data:{_TYPES[self.file.suffix]};base64,{b64encode(self.file.read_bytes()).decode('ascii')}"


def render_page(report: Report, title: str, picture: Picture | None, why_not: str = "") -> str:
    """The page.

    :param title: of what was exported; the source's name where it is empty.
    :param why_not: why there is no picture, where one could be expected.
    """
    return (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            report=report,
            title=title or report.source,
            picture=picture,
            why_not=why_not,
            findings=sorted(report.findings, key=lambda f: LEVELS.index(f.level)),
            levels=[(level, sum(f.level == level for f in report.findings)) for level in LEVELS],
        )
    )


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("exporter"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_legible,
    )
    environment.filters |= {"size": size_text, "count": _count, "name": _name, "moment": _moment, "value": _value}
    return environment


def _legible(value: Any) -> Any:
    """Replace what no page may hold: control characters and lone surrogates."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _NOT_IN_HTML.sub("\ufffd", value)
    return value


def _count(number: int) -> str:
    """With separators of thousands."""
    return f"{number:,}"


def _name(path: str) -> str:
    """The last part of a path: where the file lay when it was made is nobody's business."""
    return Path(path).name


def _moment(text: str) -> str:
    """An ISO 8601 moment in UTC, as people read it."""
    return text.replace("T", " ").replace("+00:00", " UTC")


def _value(value: Any) -> str:
    """The value of an option or a filter in words."""
    match value:
        case None:
            return "not given"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
