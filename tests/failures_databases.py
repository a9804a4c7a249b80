"""Databases that are gone, locked, broken or far away, and transactions that hold no moment."""

from __future__ import annotations

import os
import sqlite3
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from .databases import SERVERS, missing
from .failures_data import cell, server
from .failures_kit import Desk, Outcome, provokes, server_schema

LOCK = """
import sqlite3, sys
connection = sqlite3.connect("traps.db", isolation_level=None)
connection.execute("begin exclusive")
print("locked", flush=True)
sys.stdin.read()
"""
MANY = "insert into finds select n, 'x' || n, 'n1', 'Noctua pronuba', 1, 1.5, repeat('y', 200), 'Ada', 1 "
MANY += "from generate_series(100, 300000) n"


@provokes("database-locked")
def _(desk: Desk) -> Outcome:
    desk.traps()
    with subprocess.Popen(
        [sys.executable, "-c", LOCK], cwd=desk.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        found = desk.run()
        holder.communicate(b"")
    return found


@provokes("database-gone")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.database.unlink()
    found = desk.run()
    assert not desk.database.exists()
    return found


@provokes("not-a-database")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.database.write_bytes(b"This is a letter, and no database at all. " * 100)
    return desk.run()


@provokes("database-corrupt")
def _(desk: Desk) -> list[Outcome]:
    found = []
    for journal in ("delete", "wal"):
        desk.traps(f"pragma journal_mode = {journal}; update finds set note = hex(zeroblob(40000))")
        content = bytearray(desk.database.read_bytes())
        size = struct.unpack(">H", content[16:18])[0]
        for page in range(2 * size, len(content), size):
            content[page : page + size] = b"\xa5" * size
        desk.database.write_bytes(content)
        found.append(desk.run())
        desk.database.unlink()
    return found


@provokes("database-cut")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set note = hex(zeroblob(40000))")
    os.truncate(desk.database, desk.database.stat().st_size // 2)
    return desk.run()


@provokes("server-unreachable")
def _(desk: Desk) -> list[Outcome]:
    found = []
    for url in ("postgresql+psycopg://me@127.0.0.1:9/traps", "mysql+pymysql://me@127.0.0.1:9/traps"):
        desk.config(url=url)
        found.append(desk.run())
    return found


@provokes("server-refuses")
def _(desk: Desk) -> Outcome:
    url = make_url(server(desk, "postgresql"))
    role = f"exporter_{uuid.uuid4().hex[:8]}"
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create role {role} login")
        try:
            desk.config(url=url.set(username=role).render_as_string(hide_password=False))
            return desk.run()
        finally:
            connection.exec_driver_sql(f"drop role {role}")


@provokes("server-lost")
def _(desk: Desk) -> Outcome:
    url = make_url(server(desk, "postgresql", MANY))
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where starts_with(query, 'copy') and state = 'active' "
    kill += f"and datname = '{url.database}'"
    with desk.start("run", "--format", "dwca", "--output", "out.zip", "--json") as process:
        with engine.connect() as connection:
            until = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < until:
                if connection.exec_driver_sql(kill).fetchall():
                    break
                time.sleep(0.01)
        return desk.ended(process)


@provokes("statement-timeout")
def _(desk: Desk) -> Outcome:
    url = make_url(server(desk, "postgresql", MANY))
    desk.config(url=url.update_query_dict({"options": "-c statement_timeout=50"}).render_as_string(hide_password=False))
    return desk.run()


@contextmanager
def _encoded(encoding: str) -> Iterator[str]:
    given = os.environ.get(SERVERS["postgresql"])
    if not given:
        missing(f"{SERVERS['postgresql']} names no server (scripts/start_servers starts one)")
    name = f"exporter_{uuid.uuid4().hex[:12]}"
    engine = create_engine(given, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    words = f"encoding '{encoding}' template template0 lc_collate 'C' lc_ctype 'C'"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name} {words}")
        try:
            yield make_url(given).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"drop database {name} with (force)")


@provokes("sql-ascii")
def _(desk: Desk) -> Outcome:
    url = desk.stack.enter_context(_encoded("SQL_ASCII"))
    engine = create_engine(f"{url}?client_encoding=utf8", poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(server_schema())
        connection.exec_driver_sql("update finds set note = E'a\\377b' where id = 1")
        connection.exec_driver_sql("update finds set note = E'Z\\303\\274rich', person = E'\\377' where id = 2")
        connection.exec_driver_sql("update nights set site = E'Z\\303\\274rich' where id = 1")
    engine.dispose()
    desk.config(url=url)
    found = desk.run()
    assert cell(found, "f1", "occurrenceRemarks") == "a\ufffdb"
    assert cell(found, "f2", "occurrenceRemarks") == "Zürich"
    filtered = desk.run("--force", "--filter", "sites=Zürich")
    assert [r["id"] for r in filtered.rows("event.txt")] == ["n1"]
    return filtered


@provokes("server-encoding")
def _(desk: Desk) -> Outcome:
    url = desk.stack.enter_context(_encoded("LATIN1"))
    engine = create_engine(f"{url}?client_encoding=utf8", poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(server_schema())
        connection.exec_driver_sql(
            "update finds set note = 'Ã¼', person = 'Zürich'"
        )  # the first are bytes that mean ü in UTF-8
    engine.dispose()
    desk.config(url=url)
    body = f"from sqlalchemy import create_engine\nengine = create_engine({url!r})"
    own = desk.host(body, "source=traps(engine=engine, url=None)")
    for found in (own, desk.run("--force")):
        assert cell(found, "f1", "occurrenceRemarks") == "Ã¼"
        assert cell(found, "f1", "identifiedBy") == "Zürich"
    return found


@provokes("server-settings")
def _(desk: Desk) -> Outcome:
    url = make_url(server(desk, "postgresql", "update finds set amount = 0.1::float8 + 0.2::float8"))
    settings = "-c datestyle=German -c extra_float_digits=0 -c timezone=Asia/Kolkata"
    terms = "occurrence_remarks = \"'2024-06-05'::date\"\nmodified = \"'2024-06-05 23:00+02'::timestamptz\""
    desk.config(
        {'occurrence_remarks = "note"': terms},
        url=url.update_query_dict({"options": settings}).render_as_string(hide_password=False),
    )
    found = desk.run()
    shown = [cell(found, "f1", term) for term in ("organismQuantity", "occurrenceRemarks", "modified")]
    assert shown == ["0.30000000000000004", "2024-06-05", "2024-06-05T21:00:00Z"]
    return found


REALS = (0.1 + 0.2, 5e-324, 1.7976931348623157e308, 123456789.12345679)


@provokes("sqlite-reals")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("amount", *REALS)
    desk.put("note", *REALS)
    found = desk.host(
        "import sqlite3\nfrom sqlalchemy import create_engine\n"
        "engine = create_engine('sqlite://', creator=lambda: sqlite3.connect('traps.db'), module=sqlite3)",
        "source=traps(engine=engine, url=None)",
    )
    for term in ("organismQuantity", "occurrenceRemarks"):
        assert tuple(float(r[term]) for r in found.rows("occurrence.txt")) == REALS
    return found


LENT = """
from sqlalchemy import create_engine, text
engine = create_engine(sys.argv[1])
lent = engine.connect()
lent.execute(text("select 1"))
class Meddler:
    def exporter_query(self):
        if len(sys.argv) > 2:
            with engine.begin() as other:
                other.execute(text("delete from finds where id = 2"))
"""


@provokes("moment-not-held")
def _(desk: Desk) -> Outcome:
    url = server(desk, "postgresql")
    return desk.host(LENT, "source=traps(connection=lent, url=None)", words=[url])


@provokes("moment-torn")
def _(desk: Desk) -> Outcome:
    url = server(desk, "postgresql")
    return desk.host(LENT, "source=traps(connection=lent, url=None), plugins=[Meddler()]", words=[url, "meddle"])


@provokes("locked-while-copying")
def _(desk: Desk) -> Outcome:
    desk.traps()
    with closing(sqlite3.connect(desk.database, isolation_level=None)) as writer:
        writer.execute("begin immediate")  # a writer that has not come to its commit keeps nobody from reading
        writer.execute("update finds set note = 'not yet'")
        found = desk.run()
        writer.execute("rollback")
    assert cell(found, "f1", "occurrenceRemarks") == "x"
    return found
