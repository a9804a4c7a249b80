"""Words that nobody knows, sources that are none, and mappings that do not fit."""

from __future__ import annotations

from .failures_kit import Desk, Outcome, provokes

HOST_FILTER = """
[sources.traps.filters.site_name]
record = "occurrence"
where = "night in (select uid from nights where site = :value)"
label = "select site from nights where site = :value"
"""


# --- words and names


@provokes("unknown-command")
def _(desk: Desk) -> Outcome:
    return desk.exporter("rnu")


@provokes("unknown-format")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run(format="dwac")


@provokes("no-format")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.exporter("run", "--output", "out.zip", writes=True)


@provokes("unknown-source")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--source", "trasp")


@provokes("source-option-unknown")
def _(desk: Desk) -> Outcome:
    return desk.run("--source", "sample:insects?occurences=5")


@provokes("source-option-bad")
def _(desk: Desk) -> list[Outcome]:
    return [desk.run("--source", f"sample:insects?occurrences={value}") for value in ("many", "-5")]


@provokes("unknown-option")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--coer", "event")


@provokes("option-value")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--core", "nest")


@provokes("no-workers")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [desk.run("--workers", "0"), desk.host("", "workers=0")]


@provokes("option-of-another-layout")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--layout", "occurrences", "--record", "event", format="csv")


@provokes("templates-missing")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--templates", "nowhere")


@provokes("unknown-family")
def _(desk: Desk) -> Outcome:
    return desk.exporter("records", "biodiverstiy")


@provokes("unknown-record")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--record", "occurence", format="csv")


@provokes("unknown-project")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--project", "7")


@provokes("unknown-filter")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--filter", "verifed=true")


@provokes("filter-without-field")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--filter", "min_score=0.5")


@provokes("filter-value")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--filter", "date_from=yesterday")


@provokes("filter-without-equals")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--filter", "verified")


@provokes("filter-unknown-value")
def _(desk: Desk) -> Outcome:
    desk.traps(more=HOST_FILTER)
    return desk.run("--filter", "site_name=z")


@provokes("filter-unknown-taxon")
def _(desk: Desk) -> Outcome:
    taxa = '[sources.traps.records.taxon]\nquery = "select distinct name from finds"\nkey = "name"\n'
    taxa += 'columns = { taxon_id = "name", scientific_name = "name" }\n'
    desk.traps(toml={'scientific_name = "name"': 'taxon_id = "name"'}, more=taxa)
    return desk.run("--filter", "taxa=Tyrannosaurus")


@provokes("bounding-box")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--filter", "bounding_box=-5,52,-4,51")


@provokes("filter-with-nul")
def _(desk: Desk) -> Outcome:
    desk.traps()
    (desk.folder / "filters.json").write_text('{"events": ["n\\u00001"]}')
    return desk.run("--filters", "filters.json")


@provokes("filter-not-utf8")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    (desk.folder / "filters.json").write_text('{"events": ["n\\ud8001"]}')
    return [desk.run("--filter", b"events=n\xff1"), desk.run("--filters", "filters.json")]


@provokes("filters-file")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    (desk.folder / "broken.json").write_text('{"events": ')
    (desk.folder / "latin.json").write_bytes(b'{"events": "\xe9"}')
    return [desk.run("--filters", name) for name in ("broken.json", "latin.json", "missing.json")]


@provokes("filters-file-no-object")
def _(desk: Desk) -> Outcome:
    desk.traps()
    (desk.folder / "list.json").write_text('["n1"]')
    return desk.run("--filters", "list.json")


@provokes("check-no-file")
def _(desk: Desk) -> Outcome:
    return desk.exporter("check", "nothing.zip")


@provokes("check-unknown-file")
def _(desk: Desk) -> Outcome:
    (desk.folder / "what.bin").write_bytes(b"\0\1\2")
    return desk.exporter("check", "what.bin")


# --- sources and mappings


@provokes("no-source")
def _(desk: Desk) -> Outcome:
    return desk.run()


@provokes("several-sources")
def _(desk: Desk) -> Outcome:
    desk.traps(more='[sources.other]\nurl = "sqlite:///o.db"\nfamily = "biodiversity"\nrecords = {}\n')
    return desk.run()


@provokes("bad-toml")
def _(desk: Desk) -> Outcome:
    desk.traps(more="[sources.traps\n")
    return desk.run()


@provokes("toml-shape")
def _(desk: Desk) -> list[Outcome]:
    shapes = [
        "sources = 3\n",
        "[sources]\ntraps = 3\n",
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords = "event"\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords = { event = 3 }\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords.event = { table = "t", columns = ["a"] }\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords = {}\nfilters = ["a"]\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords = {}\nrules = { A = 3 }\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords = {}\ndataset = 3\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = "biodiversity"\nrecords = {}\nmedia = 3\n',
        '[sources.traps]\nurl = "sqlite:///a.db"\nfamily = ["biodiversity"]\nrecords = {}\n',
    ]
    found = []
    for shape in shapes:
        (desk.folder / "exporter.toml").write_text(shape)
        found.append(desk.run())
    return found


@provokes("unknown-key")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'table = "nights"': 'tabel = "nights"'})
    return desk.run()


@provokes("unknown-record-in-mapping")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={"records.occurrence": "records.ocurrence"})
    return desk.run()


@provokes("missing-variable")
def _(desk: Desk) -> Outcome:
    desk.traps(url="postgresql+psycopg://me:${TRAPS_PASSWORD}@localhost/traps")
    return desk.run()


@provokes("bad-url")
def _(desk: Desk) -> list[Outcome]:
    found = []
    for url in ("traps", "postgresql://localhost:many/traps"):
        desk.traps(url=url)
        found.append(desk.run())
    return found


@provokes("toml-with-nul")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'"site"': '"site\\u0000"'})
    return desk.run()


@provokes("field-twice")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'location_id = "site"': 'eventID = "site"'})
    return desk.run()


@provokes("occurrence-without-event")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'event_id = "night"\nscientific_name': "scientific_name"})
    return desk.run()


@provokes("missing-driver")
def _(desk: Desk) -> Outcome:
    desk.traps(url="oracle+oracledb://me@localhost/traps")
    return desk.run()


@provokes("missing-table")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'table = "nights"': 'table = "night"'})
    return desk.run()


@provokes("missing-column")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'"site"': '"sites"'})
    return desk.run()


@provokes("bad-expression")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'"site"': '"upper(sites)"'})
    return desk.run()


@provokes("bad-query")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'table = "nights"': 'query = "select * from night"'})
    return desk.run()


@provokes("neither-field-nor-term")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'location_id = "site"': 'localiti = "site"'})
    return desk.run()


@provokes("no-key")
def _(desk: Desk) -> Outcome:
    desk.traps("create view v as select * from nights", toml={'table = "nights"\nkey = "id"': 'table = "v"'})
    return desk.run()


@provokes("no-identifier")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'occurrence_id = "uid"\n': ""})
    return desk.run()


@provokes("bad-namespace")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'family = "biodiversity"': 'family = "biodiversity"\nnamespace = "mine"'})
    return desk.run()


@provokes("unknown-license")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'"CC0-1.0"': '"GPL"'})
    return desk.run()


@provokes("unknown-dataset-key")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={"abstract": "abstrakt"})
    return desk.run()


@provokes("filter-without-value")
def _(desk: Desk) -> Outcome:
    desk.traps(more=HOST_FILTER.replace("site = :value)", "site = 'a')"))
    return desk.run()


@provokes("filter-refused")
def _(desk: Desk) -> list[Outcome]:
    found = []
    for old, new in (
        ("night in", "nigth in"),
        ("= :value)", "= :value"),
        ("night in", "json_extract(name, '$.x') = 1 or night in"),
        ('label = "select site', 'label = "select siet'),
    ):
        assert old in HOST_FILTER
        desk.traps(more=HOST_FILTER.replace(old, new))
        found.append(desk.run("--filter", "site_name=a"))
        desk.database.unlink()
    return found


@provokes("rule-refused")
def _(desk: Desk) -> list[Outcome]:
    found = []
    for where in ("nigth is null", "name = 'x", "json_extract(name, '$.x') = 1"):
        desk.traps(more=f'[sources.traps.rules.ODD]\nrecord = "occurrence"\nwhere = "{where}"\n')
        found.append(desk.run())
        desk.database.unlink()
    return found


@provokes("rule-of-unknown-record")
def _(desk: Desk) -> Outcome:
    desk.traps(more='[sources.traps.rules.OLD]\nrecord = "taxon"\nwhere = "1 = 1"\n')
    return desk.run()


@provokes("nothing-to-write")
def _(desk: Desk) -> Outcome:
    desk.sql("create table t (id integer primary key, n)")
    head = '[sources.traps]\nurl = "sqlite:///traps.db"\nfamily = "biodiversity"\n'
    head += 'records = { taxon = { table = "t", columns = { scientific_name = "n" } } }\n'
    (desk.folder / "exporter.toml").write_text(head)
    return desk.run()


@provokes("core-not-provided")
def _(desk: Desk) -> Outcome:
    desk.traps()
    text = (desk.folder / "exporter.toml").read_text()
    before, _, after = text.partition("[sources.traps.records.occurrence]")
    (desk.folder / "exporter.toml").write_text(
        before + "[sources.traps.records.media]" + after.partition("[sources.traps.records.media]")[2]
    )
    return desk.run("--core", "occurrence")
