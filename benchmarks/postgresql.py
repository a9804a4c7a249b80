"""Exports from PostgreSQL against psql's COPY, in a database that is made for it and dropped afterwards."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from dataset import TABLES, Database, config
from machine import said
from measure import BenchmarkError, Way, interleaved, ratio, tell
from outcome import Outcome, SkippedError, at_most, timings
from peers import copy_script
from ways import OURS, check_rows, check_sound, counts, ours, prepared

SERVER = "EXPORTER_TEST_POSTGRESQL"  # a SQLAlchemy URL; the tests read it, too
LOADED = "EXPORTER_BENCH_POSTGRESQL"  # what exporter.toml asks for: so that no password is written into it
LOADER = Path(__file__).resolve().with_name("postgresql_data.py")
PSQL = "psql \\copy to files, uncompressed"
UNCHECKED = f"{OURS} --no-check"


def postgresql(words: argparse.Namespace) -> Outcome:
    """The same rows in PostgreSQL: ours, with no check and with every one, against COPY of the same selects."""
    server = words.postgresql or os.environ.get(SERVER)
    if not server:
        raise SkippedError(f"neither --postgresql nor {SERVER} names a server")
    if not shutil.which("psql"):
        raise SkippedError("there is no psql here")
    made = prepared(words.rows, words.journal)
    folder = made.folder.with_name(f"{words.rows}-postgresql")
    folder.mkdir(exist_ok=True)
    (folder / "exporter.toml").write_text(config(f"${{{LOADED}}}"), encoding="utf-8")
    with _loaded(server, made) as url:
        return _measured(words, made, folder, url)


def _measured(words: argparse.Namespace, made: Database, folder: Path, url: str) -> Outcome:
    checked, unchecked = (_from(url, ours(folder, *flags)) for flags in ((), ("--no-check",)))
    copy = _psql(folder, url)
    check_sound(checked)
    samples = interleaved((unchecked, checked, copy), words.rounds)
    check_rows((unchecked, checked), made.rows)
    check_rows((copy,), made.rows, headers=0)
    title = f"{counts(made)}, PostgreSQL {_version(url)} on this machine to the finished file, rounds: {words.rounds}"
    figures = f"{title}:\n\n{timings((unchecked, checked, copy), samples, PSQL, 'psql')}"
    for way in (unchecked, checked, copy):
        way.remove()
    name = f"{UNCHECKED} / {PSQL}, {words.rows:,} rows"
    return Outcome(figures, [at_most(name, ratio(samples, UNCHECKED, PSQL), 1.2)])


def _from(url: str, way: Way) -> Way:
    return replace(way, environment={**way.environment, LOADED: url})


def _psql(folder: Path, url: str) -> Way:
    """One psql, one file for each table."""
    outputs = {record: folder / f"psql-{file}" for record, (_, file, _) in TABLES.items()}
    statements = folder / "psql.sql"
    statements.write_text(copy_script(outputs), encoding="utf-8")
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(statements)]
    return Way(PSQL, command, folder, tuple(outputs.values()), environment=_libpq(url))


def _version(url: str) -> str:
    command = ["psql", "-X", "-At", "-c", "show server_version"]
    done = subprocess.run(command, env=os.environ | _libpq(url), capture_output=True, text=True, check=True)
    return f"{done.stdout.split()[0]} (psql {said(['psql', '--version']).split()[2]})"


def _libpq(url: str) -> dict[str, str]:
    """A URL as the variables that psql reads: a command line would show the password to all."""
    parts = urlsplit(url)
    found = {
        "PGHOST": parts.hostname or dict(parse_qsl(parts.query)).get("host"),
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.removeprefix("/"),
    }
    return {name: unquote(value) for name, value in found.items() if value}


@contextmanager
def _loaded(server: str, made: Database) -> Iterator[str]:
    """The URL of a new database with the same rows.

    :raises BenchmarkError: when the server does not take them.
    """
    url = urlunsplit(urlsplit(server)._replace(path=f"/exporter_bench_{uuid.uuid4().hex[:12]}"))
    tell(f"loading {made.rows['occurrence']:,} rows into PostgreSQL")
    _ask("create", server, url, made)
    try:
        _ask("load", server, url, made)
        yield url
    finally:
        _ask("drop", server, url, made)


def _ask(what: str, server: str, url: str, made: Database) -> None:
    """A process of its own: drivers are heavy, and the one that measures stays small."""
    command = [sys.executable, str(LOADER), what, str(made.path)]
    given = os.environ | {SERVER: server, LOADED: url}
    done = subprocess.run(command, env=given, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"PostgreSQL could not {what} the database: {done.stderr.strip()}")
