"""Figures and pages that cannot be made, and data that would break them."""

from __future__ import annotations

import re

from .failures_kit import OLD, Desk, Outcome, provokes

FIGURE = "out.png"
HOSTILE = "<script>alert(1)</script> $x$ \u202e"
NO_MATPLOTLIB = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "matplotlib" else find(name, *more)
"""


@provokes("figure-suffix")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [
        desk.run("--figure", "out.gif"),
        desk.run("--figure", "out"),
        desk.exporter("preview", "--format", "dwca", "--figure", "a.gif"),
    ]


@provokes("figure-exists")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    figure = desk.folder / FIGURE
    figure.write_bytes(OLD)
    found = [desk.run("--figure", FIGURE), desk.exporter("preview", "--format", "dwca", "--figure", FIGURE)]
    assert figure.read_bytes() == OLD
    return found


@provokes("figure-replaced")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    found = []
    for words in (("run", "--output", "out.zip"), ("preview",)):
        (desk.folder / FIGURE).write_bytes(OLD)
        found.append(desk.exporter(*words, "--format", "dwca", "--figure", FIGURE, "--force", writes=words[0] == "run"))
        assert (desk.folder / FIGURE).read_bytes().startswith(b"\x89PNG")
    return found


@provokes("figure-folder-missing")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--figure", "nowhere/out.png")


@provokes("figure-is-the-artifact")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.exporter("run", "--format", "dwca", "--output", "out.svg", "--figure", "./out.svg")


@provokes("figure-of-a-format-without")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    preview = desk.exporter("preview", "--format", "csv", "--record", "event", "--figure", FIGURE)
    return [desk.run("--record", "event", "--figure", FIGURE, format="csv"), preview]


@provokes("figure-without-matplotlib")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.host(NO_MATPLOTLIB, "figure='out.png'")


@provokes("page-without-matplotlib")
def _(desk: Desk) -> Outcome:
    desk.traps()
    found = desk.host(NO_MATPLOTLIB, "page=True")
    page = (desk.folder / "out.zip.report.html").read_text(encoding="utf-8")
    assert "There is no figure: A figure is drawn by matplotlib, which is not installed." in page
    assert "<img" not in page
    return found


@provokes("figure-of-a-failed-run")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = 'f1'")
    found = desk.run("--figure", FIGURE, "--page")
    assert not list(desk.folder.glob("out.*"))
    return found


@provokes("figure-plugin-raises")
def _(desk: Desk) -> Outcome:
    desk.traps()
    body = "class Mine:\n    def exporter_figure(self):\n        raise KeyError('colour')"
    return desk.host(body, "plugins=[Mine()], figure='out.png'")


@provokes("preview-force")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.exporter("preview", "--format", "dwca", "--force")


@provokes("page-place-taken")
def _(desk: Desk) -> Outcome:
    desk.traps()
    (desk.folder / "out.zip.report.html").mkdir()
    return desk.run("--page")


@provokes("page-hostile-text")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'title = "Moths of three nights"': f'title = "{HOSTILE} of three nights"'})
    desk.put("name", HOSTILE, HOSTILE)
    desk.put("uid", HOSTILE)
    desk.sql("insert into finds select 9, uid || ' ', 'n99', 'Moth', 1, 1, '', '', 1 from finds where id = 1")
    found = desk.run("--page", "--figure", "out.svg")
    page = (desk.folder / "out.zip.report.html").read_text(encoding="utf-8")
    for tag in ("title", "h1", "code"):  # the data set's title, twice, and an example of a finding
        assert f"<{tag}>&lt;script&gt;alert(1)&lt;/script&gt;" in page, tag
    assert "<script" not in page + (desk.folder / "out.svg").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    return found
