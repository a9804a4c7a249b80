"""What the provocations of docs/failures.md share: the page's rows, a desk to work at, and what must hold afterwards."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import attrs

import exporter
from exporter import errors

PAGE = Path(__file__).parents[1] / "docs" / "failures.md"
EXPORTER = Path(sys.executable).parent / "exporter"
FILES = {"event": "event.txt", "occurrence": "occurrence.txt", "media": "multimedia.txt"}
OLD = b"what was there before"
_ROW = re.compile(r"^\| `([a-z0-9-]+)` \|(.*)\|$")
_CODES = re.compile(r"`(\w+)`")
_WORDS = re.compile(r"“(.+?)”")


@attrs.frozen
class Row:
    """A line of the page.

    :param codes: a kind of error of `exporter.errors`, or finding codes; empty where nothing is to be said.
    :param words: what stands in quotation marks: the terminal or the report has to say it.
    """

    id: str
    codes: tuple[str, ...]
    level: str
    exit: int
    words: tuple[str, ...]


def page_rows() -> list[Row]:
    """The rows of all tables of the page."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if match := _ROW.match(line):
            _, code, level, exit, what = (c.strip() for c in match[2].replace("\\|", "¦").split("|"))
            found.append(Row(match[1], tuple(_CODES.findall(code)), level, int(exit), tuple(_WORDS.findall(what))))
    return found


@attrs.frozen
class Outcome:
    """What a command left behind.

    :param output: the file that it was to write, or None where it writes none.
    :param killed: whether it had no chance to clean up.
    """

    exit: int
    out: str
    err: str
    output: Path | None = None
    killed: bool = False

    @property
    def report(self) -> dict[str, Any]:
        """The report as the command printed it, or an empty one."""
        try:
            found = json.loads(self.out)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def rows(self, name: str) -> list[dict[str, str]]:
        """A data file of the archive that was written."""
        assert self.output is not None
        return read(self.output)[name]


Provocation = Callable[["Desk"], Outcome | list[Outcome]]
PROVOCATIONS: dict[str, Provocation] = {}


def provokes(id: str) -> Callable[[Provocation], Provocation]:
    """Register the function that does what the row `id` speaks of."""

    def register(function: Provocation) -> Provocation:
        assert id not in PROVOCATIONS, f"{id} has two provocations"
        PROVOCATIONS[id] = function
        return function

    return register


SCHEMA = """
create table nights (id integer primary key, uid, parent, site, began, ended, lat real, lon real, size);
create table finds (id integer primary key, uid, night, name, number, amount, note, person, checked);
create table pictures (id integer primary key, night, find, url);
create index finds_night on finds (night);
insert into nights values (1, 'n1', null, 'a', '2024-06-01 21:00:00', '2024-06-02 05:00:00', 51.5, -4.7, 1),
    (2, 'n2', 'n1', 'a', '2024-06-01 21:00:00', '2024-06-01 23:00:00', 51.5, -4.7, 2),
    (3, 'n3', null, 'b', '2024-06-03 21:00:00', null, 51.6, -4.8, 3);
insert into finds values (1, 'f1', 'n1', 'Noctua pronuba', 1, 1.5, 'x', 'Ada', 1),
    (2, 'f2', 'n1', 'Noctua pronuba', 2, 2, 'y', 'Bea', 0), (3, 'f3', 'n2', 'Biston betularia', 3, 3, 'z', null, null),
    (4, 'f4', 'n3', 'Noctua pronuba', 4, 4, null, null, 1);
insert into pictures values (1, 'n1', 'f1', 'https://example.org/1.jpg'), (2, 'n2', null, 'https://example.org/2.jpg'),
    (3, 'n3', 'f4', 'https://example.org/3.jpg');
"""
TOML = """[sources.traps]
url = "{url}"
family = "biodiversity"
[sources.traps.dataset]
title = "Moths of three nights"
abstract = "Moths at light, to see what happens."
license = "CC0-1.0"
contacts = [{ surname = "Lovelace" }]
[sources.traps.records.event]
table = "nights"
key = "id"
[sources.traps.records.event.columns]
event_id = "uid"
parent_event_id = "parent"
location_id = "site"
event_start = "began"
event_end = "ended"
decimal_latitude = "lat"
decimal_longitude = "lon"
sample_size_value = "size"
[sources.traps.records.occurrence]
table = "finds"
key = "id"
[sources.traps.records.occurrence.columns]
occurrence_id = "uid"
event_id = "night"
scientific_name = "name"
individual_count = "number"
organism_quantity = "amount"
occurrence_remarks = "note"
identified_by = "person"
[sources.traps.records.media]
table = "pictures"
key = "id"
[sources.traps.records.media.columns]
event_id = "night"
occurrence_id = "find"
identifier = "url"
"""
_TYPES = [("number,", "number numeric,"), ("amount,", "amount double precision,"), ("size)", "size double precision)")]
_TYPES += [("began, ended", "began timestamp, ended timestamp"), ("checked)", "checked integer)")]
_TYPES += [(f"{name},", f"{name} varchar(80),") for name in ("uid", "parent", "site", "night", "name", "person", "find")]
_TYPES += [("note,", "note text,"), ("url)", "url varchar(80))"), (" real", " double precision")]


def server_schema() -> str:
    """The schema with a type for each column, as servers want it."""
    lines = []
    for line in SCHEMA.splitlines():
        if line.startswith("create table"):
            for old, new in _TYPES:
                line = line.replace(f" {old}" if old[0] != " " else old, f" {new}" if new[0] != " " else new)
        lines.append(line)
    return "\n".join(lines)


@attrs.frozen
class Desk:
    """A folder to work in, with a host's database and its exporter.toml once `traps()` was called."""

    folder: Path
    stack: ExitStack

    @property
    def output(self) -> Path:
        """Where `run` writes."""
        return self.folder / "out.zip"

    @property
    def database(self) -> Path:
        """The SQLite file of the host."""
        return self.folder / "traps.db"

    def traps(
        self, *sql: str, toml: Mapping[str, str] | None = None, more: str = "", url: str = "sqlite:///traps.db"
    ) -> None:
        """A host's database of three nights and its exporter.toml.

        :param sql: what is done to the database then.
        :param toml: texts of exporter.toml to replace by others.
        :param more: what stands at the end of it.
        """
        if url.startswith("sqlite"):
            self.sql(SCHEMA, *sql)
        self.config(toml, more, url)

    def config(self, toml: Mapping[str, str] | None = None, more: str = "", url: str = "sqlite:///traps.db") -> None:
        """The exporter.toml alone."""
        text = TOML.replace("{url}", url)
        for old, new in (toml or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        (self.folder / "exporter.toml").write_text(text + more, encoding="utf-8")

    def sql(self, *scripts: str) -> None:
        """Run scripts on the SQLite file."""
        with closing(sqlite3.connect(self.database)) as connection:
            for script in scripts:
                connection.executescript(script)

    def put(self, column: str, *values: Any, table: str = "finds") -> None:
        """Put values into a column, from the first row on, as they are."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for number, value in enumerate(values, 1):
                connection.execute(f"update {table} set {column} = ? where id = ?", (value, number))

    def old(self) -> None:
        """Something at the place where the output is to be."""
        self.output.write_bytes(OLD)

    def provide(
        self, name: str, schema: str, sql: Iterable[str | tuple[str, Sequence[Any]]], toml: str, changes: Mapping[str, str]
    ) -> None:
        """A database made anew, and what describes it.

        :param sql: further scripts, or statements with values; :param toml: of exporter.toml; :param changes: its texts to replace.
        """
        (self.folder / name).unlink(missing_ok=True)
        with closing(sqlite3.connect(self.folder / name)) as connection, connection:
            connection.executescript(schema)
            for each in sql:
                if isinstance(each, str):
                    connection.executescript(each)
                else:
                    connection.execute(*each)
        for old, new in changes.items():
            assert old in toml, old
            toml = toml.replace(old, new)
        (self.folder / "exporter.toml").write_text(toml, encoding="utf-8")

    def plugin(self, name: str, group: str, code: str, *, distribution: str = "", point: str = "plugin") -> None:
        """A distribution with one entry point, on the path of every command that follows."""
        module = f"plugin_{(distribution or name).replace('-', '_')}"
        place = self.folder / "site"
        info = place / f"{(distribution or name).replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution or name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}:{point}\n")
        (place / f"{module}.py").write_text(code)

    def environment(self, **more: str) -> dict[str, str]:
        """What commands run in."""
        kept = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "FORCE_COLOR", "COLUMNS")}
        return {**kept, "PYTHONPATH": str(self.folder / "site"), **more}

    def exporter(self, *words: str | bytes, writes: bool = False, **environment: str) -> Outcome:
        """The command line, to its end."""
        done = subprocess.run(
            [EXPORTER, *words],
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            timeout=100,
            check=False,
        )
        return self.outcome(done.returncode, done.stdout, done.stderr, writes=writes)

    def start(self, *words: str, **settings: Any) -> subprocess.Popen[bytes]:
        """The command line, going on."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [EXPORTER, *words], cwd=self.folder, env=self.environment(), stdout=pipe, stderr=pipe, **settings
        )

    def ended(self, process: subprocess.Popen[bytes], *, killed: bool = False) -> Outcome:
        """What came of it."""
        out, err = process.communicate(timeout=100)
        return self.outcome(process.returncode, out, err, writes=True, killed=killed)

    def outcome(self, code: int, out: bytes, err: bytes, *, writes: bool, killed: bool = False) -> Outcome:
        """As a shell would tell the exit code."""
        texts = (out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))
        return Outcome(128 - code if code < 0 else code, *texts, self.output if writes else None, killed)

    def run(self, *words: str | bytes, format: str = "dwca", **environment: str) -> Outcome:
        """`exporter run` of the host's data."""
        given = ["run", "--format", format, "--output", "out.zip", "--json", *words]
        return self.exporter(*given, writes=True, **environment)

    def host(self, body: str, arguments: str = "", *, words: Sequence[str] = ()) -> Outcome:
        """A host's own program: `body`, then `exporter.run` with further arguments, then what the command would say of an error."""
        script = HOST.format(body=body, arguments=arguments)
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            timeout=100,
            check=False,
        )
        return self.outcome(done.returncode, done.stdout, done.stderr, writes=True)


HOST = """
import sys
from pathlib import Path
import exporter
from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.rules import Rule
def traps(**changes):
    import attrs
    return attrs.evolve(read_config(Path("exporter.toml"))["traps"](), **changes)
{body}
try:
    done = exporter.run(**{{"format": "dwca", "source": traps(), "output": "out.zip"}} | dict({arguments}))
except ExporterError as error:
    print(f"Error: {{error}}\\n{{type(error).__name__}}", file=sys.stderr)
    sys.exit(error.exit_code)
print(done.report.as_json())
"""


def read(archive: Path) -> dict[str, list[dict[str, str]]]:
    """The data files of an archive as rows by header; every row must have all cells."""
    found = {}
    with zipfile.ZipFile(archive) as files:
        assert files.testzip() is None
        for name in (n for n in files.namelist() if n.endswith(".txt")):
            text = io.TextIOWrapper(files.open(name), "utf-8", newline="\n").read()
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text), f"{name} holds control characters"
            header, *lines = (line.split("\t") for line in text.split("\n")[:-1])
            found[name] = [dict(zip(header, line, strict=True)) for line in lines]
    return found


def holds(row: Row, outcome: Outcome) -> None:
    """What the page says, and what holds of every failure."""
    told = outcome.out + outcome.err
    assert outcome.exit == row.exit, told
    assert "Traceback" not in told, told
    assert "fault of ours" not in told, told
    plain = " ".join(told.replace("\\n", " ").split())
    for words in row.words:
        assert words in plain, f"{words!r} is not in {plain}"
    for code in row.codes:
        _told_as(row, code, outcome)
    if outcome.output is None:
        return
    if not outcome.killed:
        assert list(outcome.output.parent.glob(".exporter-*")) == []
    if outcome.exit:
        assert not outcome.output.is_file() or outcome.output.read_bytes() == OLD
    else:
        sane(outcome)


def _told_as(row: Row, code: str, outcome: Outcome) -> None:
    kind = getattr(errors, code, None)
    if kind is not None:
        assert kind.exit_code == row.exit
        assert row.level == "error"
        assert "Error: " in outcome.err
        return
    found = [f for f in outcome.report.get("findings", []) if f["code"] == code]
    assert found, f"{code} is not in {outcome.out}"
    assert {f["level"] for f in found} == {row.level}, found


def sane(outcome: Outcome) -> None:
    """Every row is written, filtered or left out, and no row of the archive refers to one that is not there."""
    assert outcome.output is not None
    assert outcome.output.read_bytes() != OLD
    report = outcome.report or json.loads(outcome.output.with_name("out.zip.report.json").read_bytes())
    for record, count in report["records"].items():
        assert count["rows"] == count["written"] + count["filtered"] + count["left_out"], (record, count)
    if report["format"] != "dwca":
        return
    files = read(outcome.output)
    found = [f.code for f in exporter.check(outcome.output, "dwca") if f.level == "error"]
    assert not found or any(f["level"] == "error" for f in report["findings"]), found
    absent = sum(f["count"] for f in report["findings"] if f["code"] == "ABSENCES_WRITTEN")
    for record, file in FILES.items():  # the file of measurements has derived ones, too
        if record in report["records"]:
            added = absent if record == "occurrence" else 0
            assert len(files[file]) == report["records"][record]["written"] + added, record
    ids = {r["id"] for r in files.get("event.txt", files["occurrence.txt"])}
    occurrences = {r["occurrenceID"] for r in files["occurrence.txt"]} | {""}
    for name, rows in files.items():
        assert {r["id"] for r in rows} <= ids, name
        assert {r.get("occurrenceID", "") for r in rows} <= occurrences, name
