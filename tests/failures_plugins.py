"""Plugins that break their contract, and hooks that raise."""

from __future__ import annotations

from .failures_kit import Desk, Outcome, provokes

EXTENSIONS, FORMATS = "exporter.extensions", "exporter.formats"
FORMAT = """
from exporter import Format, Part
class plugin(Format):
    name, title, extension, packaging = "frames", "Frames", "zip", "zip"
    family = {family!r}
    def exporter_query(self, ctx, records):
        return []
    def exporter_serialize(self, ctx, tables):
        yield Part({part!r}, [b"a"])
"""


def _hooked(desk: Desk, body: str) -> Outcome:
    if not desk.database.exists():
        desk.traps()
    return desk.host("class Mine:\n" + "\n".join("    " + line for line in body.splitlines()), "plugins=[Mine()]")


@provokes("hook-on-another-record")
def _(desk: Desk) -> list[Outcome]:
    rule = "return [Rule('occurrence', 'X', 'x', where=records['event'].columns.location_id == 'a')]"
    condition = (
        "if record == 'event':\n        self.columns = columns\n    else:\n        return self.columns.location_id == 'a'"
    )
    return [
        _hooked(desk, f"def exporter_rules(self, records):\n    {rule}"),
        _hooked(desk, f"def exporter_filter(self, record, columns):\n    {condition}"),
    ]


@provokes("hook-ends-program")
def _(desk: Desk) -> list[Outcome]:
    hooks = ("filter", "rules", "query", "serialize", "package", "check", "store")
    return [_hooked(desk, f"def exporter_{hook}(self):\n    sys.exit(0)") for hook in hooks]


@provokes("hook-returns-true")
def _(desk: Desk) -> Outcome:
    return _hooked(desk, "def exporter_filter(self, record):\n    return True")


@provokes("rule-of-hook-is-none")
def _(desk: Desk) -> list[Outcome]:
    wrong = ("where=True", "", "check=bool, level='fatal'", "check=bool, fields=('colour',)")
    return [_hooked(desk, f"def exporter_rules(self):\n    return [Rule('event', 'X', 'x', {each})]") for each in wrong]


@provokes("hook-is-no-method")
def _(desk: Desk) -> Outcome:
    return _hooked(desk, "exporter_query = 5")


@provokes("plugin-changes-artifact")
def _(desk: Desk) -> Outcome:
    body = """def exporter_package(self, ctx, parts):
    import zipfile
    from exporter.packaging import package
    made, mended = package(ctx, parts, "zip"), ctx.scratch / "mended"
    with zipfile.ZipFile(made) as files, zipfile.ZipFile(mended, "w") as more:
        for name in files.namelist():
            more.writestr(name, files.read(name) + (b"n1\\tf9\\n" if name == "occurrence.txt" else b""))
    return mended"""
    return _hooked(desk, body)


@provokes("plugin-given-twice")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.host("class Mine: pass\nmine = Mine()", "plugins=[mine, mine]")


@provokes("source-fails")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    body = "from exporter import HostFilter\ndef fails(*_):\n    raise KeyError('red')\n"
    body += "def filtered(where):\n    return traps(filters={'x': HostFilter(record='event', help='', where=where)})"
    return [
        desk.host(body, f"source={source}, filters={{'x': '1'}} if {'filtered' in source} else {{}}")
        for source in (
            "traps(records={'event': fails})",
            "traps(records={'event': lambda connection: None})",
            "traps(url=None, spool=fails)",
            "filtered(fails)",
            "filtered(lambda value: True)",
        )
    ]


@provokes("rule-of-hook-on-unknown-record")
def _(desk: Desk) -> Outcome:
    return _hooked(desk, "def exporter_rules(self):\n    return [Rule('sighting', 'X', 'x', check=bool)]")


@provokes("rule-in-python-raises")
def _(desk: Desk) -> Outcome:
    rule = "Rule('event', 'X', 'x', check=lambda rows: rows[0]['colour'], fields=('locality',))"
    rule = rule.replace("locality", "location_id")
    return _hooked(desk, f"def exporter_rules(self):\n    return [{rule}]")


@provokes("rule-with-too-few-verdicts")
def _(desk: Desk) -> Outcome:
    rule = "Rule('event', 'X', 'x', check=lambda rows: [], fields=('location_id',))"
    return _hooked(desk, f"def exporter_rules(self):\n    return [{rule}]")


@provokes("hook-raises")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("colours", EXTENSIONS, "class plugin:\n    def exporter_rules(self, ctx):\n        return {}['red']\n")
    return desk.run()


@provokes("hook-answers-nonsense")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    hooks = ("rules", "query", "serialize", "package", "store")
    found = []
    for hook in hooks:
        found.append(desk.host(f"class Mine:\n    def exporter_{hook}(self, ctx):\n        return 3", "plugins=[Mine()]"))
    return found


@provokes("generator-raises")
def _(desk: Desk) -> Outcome:
    code = "def exporter_serialize(self, ctx, tables):\n    def chunks():\n        yield b'a'\n        raise ValueError('half')\n"
    return _hooked(desk, f"{code}    yield exporter.Part('a.txt', chunks())")


@provokes("hook-misspelt")
def _(desk: Desk) -> Outcome:
    return _hooked(desk, "def exporter_serialise(self, ctx):\n    pass")


@provokes("hook-parameter")
def _(desk: Desk) -> Outcome:
    return _hooked(desk, "def exporter_query(self, everything):\n    pass")


@provokes("class-for-instance")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.host("class Mine:\n    pass", "plugins=[Mine]")


@provokes("listener-raises")
def _(desk: Desk) -> Outcome:
    return _hooked(desk, "def exporter_notify(self, event):\n    raise RuntimeError('nobody home')")


@provokes("extension-broken")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("lost", EXTENSIONS, "import nothing_of_the_kind\n")
    return desk.run()


@provokes("extension-misspelt")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("lost", EXTENSIONS, "class plugin:\n    def exporter_filters(self):\n        pass\n")
    return desk.run()


@provokes("name-claimed-twice")
def _(desk: Desk) -> Outcome:
    desk.traps()
    for distribution in ("frames-of-ada", "frames-of-bea"):
        desk.plugin("frames", FORMATS, FORMAT.format(family=None, part="a"), distribution=distribution)
    listed = desk.exporter("formats")
    assert listed.exit == 0
    assert "claimed by frames-of-ada and frames-of-bea" in listed.out
    assert "dwca" in listed.out
    return desk.run(format="frames")


@provokes("format-broken-listed")
def _(desk: Desk) -> Outcome:
    desk.plugin("frames", FORMATS, "import nothing_of_the_kind\n")
    return desk.exporter("formats")


@provokes("format-broken-used")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("frames", FORMATS, "import nothing_of_the_kind\n")
    return desk.run(format="frames")


@provokes("format-none")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("frames", FORMATS, "plugin = 3\n")
    return desk.run(format="frames")


@provokes("other-family")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("frames", FORMATS, FORMAT.format(family="vision", part="a"))
    return desk.run(format="frames")


@provokes("part-leaves-artifact")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.plugin("frames", FORMATS, FORMAT.format(family=None, part="../a"))
    return desk.run(format="frames")


@provokes("source-plugin-broken")
def _(desk: Desk) -> Outcome:
    desk.plugin("sample:moths", "exporter.sources", "def plugin():\n    return 3\n", distribution="moths")
    return desk.run("--source", "sample:moths")


@provokes("source-plugin-raises")
def _(desk: Desk) -> Outcome:
    desk.plugin("sample:moths", "exporter.sources", "def plugin():\n    return {}['red']\n", distribution="moths")
    return desk.run("--source", "sample:moths")
