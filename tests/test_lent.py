"""A host lends an engine, a connection or a session, also in the middle of a transaction, and gets it back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.orm import Session, clear_mappers, registry
from sqlalchemy.pool import NullPool, QueuePool

import exporter
from exporter.cancel import Cancel
from exporter.errors import Cancelled, SourceError

from .hostapp import HOSTS, host, rows_of, source
from .ledger import NIGHTS, PER_NIGHT, PICTURES, SIGHTINGS, add_night, build, engine_for

HELD = {"sqlite": "SERIALIZABLE", "mysql": "REPEATABLE READ"}  # where a transaction holds its moment without being told to
TRANSACTION = ("begin", "start", "commit", "rollback", "savepoint", "release", "set")
NUMBER = 20  # of nights


@pytest.fixture(params=HOSTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with host(request.param, tmp_path, nights=NUMBER) as found:
        yield found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A host's engine with one connection in its pool, so that the next one to ask gets what the run leaves."""
    made = engine_for(url, poolclass=QueuePool, pool_size=1, max_overflow=0)
    yield made
    made.dispose()


class Heard:
    """What reaches the driver while this listens: statements, and the ends of transactions."""

    def __init__(self, engine: Engine) -> None:
        self.words: list[str] = []
        event.listen(engine, "before_cursor_execute", self._statement)
        for name in ("begin", "commit", "rollback", "set_connection_execution_options"):
            event.listen(engine, name, self._noting(name))

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.words.append(statement.strip().lower())

    def _noting(self, name: str) -> Any:
        def note(connection: Connection, *_: Any) -> None:
            self.words.append(name)

        return note

    def about_transactions(self) -> list[str]:
        return [w for w in self.words if w.startswith(TRANSACTION) or (w.startswith("pragma") and "=" in w)]


def nights(connection: Connection | Session) -> int:
    return int(connection.execute(select(func.count()).select_from(NIGHTS)).scalar_one())


def export(target: Path, **lent: Any) -> exporter.Result:
    return exporter.run(format="dwca", source=source(**lent), output=target)


def codes(result: exporter.Result) -> list[str]:
    return [f.code for f in result.report.findings]


@pytest.mark.parametrize("lend", ["connection", "session"])
def test_a_transaction_is_read_and_left_as_it_is(engine: Engine, lend: str, tmp_path: Path) -> None:
    lent: Any = Session(engine) if lend == "session" else engine.connect()
    with lent:
        add_night(lent.connection() if lend == "session" else lent, 5000, 3)
        heard = Heard(engine)
        result = export(tmp_path / "lent.zip", **{lend: lent})
        assert heard.words
        assert heard.about_transactions() == []
        assert lent.in_transaction()
        add_night(lent.connection() if lend == "session" else lent, 5001, 1)
        assert nights(lent) == NUMBER + 2
        lent.rollback()
    with engine.connect() as other:
        assert nights(other) == NUMBER
    assert [r["id"] for r in rows_of(tmp_path / "lent.zip", "occurrence.txt")].count("night-5000") == 3
    held = HELD.get(engine.dialect.name)
    assert result.report.snapshot == "borrowed"
    assert result.report.isolation == (held or "READ COMMITTED")
    assert ("MOMENT_NOT_HELD" in codes(result)) == (held is None)


@pytest.mark.parametrize("lend", ["connection", "session"])
def test_what_is_lent_idle_is_idle_afterwards_and_holds_one_moment(engine: Engine, lend: str, tmp_path: Path) -> None:
    lent: Any = Session(engine) if lend == "session" else engine.connect()
    with lent:
        result = export(tmp_path / "idle.zip", **{lend: lent}, plugins=(Meddler(engine.url),))
        assert not lent.in_transaction()
        assert nights(lent) == NUMBER + 1
        lent.rollback()
    assert result.report.snapshot in ("transaction", "copy")
    assert "MOMENT_NOT_HELD" not in codes(result)
    assert len(rows_of(tmp_path / "idle.zip", "event.txt")) == NUMBER


def test_a_pool_gets_its_connection_back_as_it_was(url: str, tmp_path: Path) -> None:
    weak = {} if url.startswith("sqlite") else {"isolation_level": "READ COMMITTED"}
    engine = engine_for(url, poolclass=QueuePool, pool_size=1, max_overflow=0, **weak)

    def state() -> list[Any]:
        with engine.connect() as connection:
            asked = SETTINGS[engine.dialect.name]
            return [connection.get_isolation_level(), *(connection.exec_driver_sql(a).scalar() for a in asked)]

    before = state()
    export(tmp_path / "engine.zip", engine=engine, plugins=(Meddler(engine.url),))
    assert state() == before
    with engine.begin() as connection:
        add_night(connection, 5000, 1)
        assert nights(connection) == NUMBER + 2
    engine.dispose()
    assert len(rows_of(tmp_path / "engine.zip", "event.txt")) == NUMBER


def test_a_pool_gets_a_working_connection_back_from_a_run_that_was_stopped(engine: Engine, tmp_path: Path) -> None:
    cancel = Cancel()

    class Stopper:
        def exporter_query(self, ctx: Any, records: Any) -> None:
            cancel.request()

    given = source(engine=engine, plugins=(Stopper(),))
    with pytest.raises(Cancelled):
        exporter.run(format="dwca", source=given, output=tmp_path / "stopped.zip", cancel=cancel)
    with engine.connect() as connection:
        counted = select(func.count()).select_from(SIGHTINGS.join(PICTURES, SIGHTINGS.c.tick == PICTURES.c.tick))
        assert connection.execute(counted).scalar_one() == (NUMBER * PER_NIGHT) ** 2
    assert not (tmp_path / "stopped.zip").exists()


class Meddler:
    """Commits a night between counting and writing, and has no answer of its own."""

    def __init__(self, url: URL) -> None:
        self._url = url.render_as_string(hide_password=False)

    def exporter_query(self, ctx: Any, records: Any) -> None:
        engine = engine_for(self._url, poolclass=NullPool)
        with engine.begin() as connection:
            add_night(connection, 6000, 1)
        engine.dispose()


SETTINGS = {
    "sqlite": ["pragma journal_mode", "pragma query_only"],
    "postgresql": ["show work_mem", "show default_transaction_isolation", "show default_transaction_read_only"],
    "mysql": ["select @@session.tx_isolation", "select @@session.tx_read_only", "select @@autocommit"],
}


def test_a_moment_that_a_lent_transaction_does_not_hold_is_no_fault_of_ours(postgresql: str, tmp_path: Path) -> None:
    build(postgresql, nights=NUMBER)
    engine = create_engine(postgresql)
    with engine.connect() as lent:
        nights(lent)
        with pytest.raises(SourceError, match="21 rows; 20 were counted") as caught:
            export(tmp_path / "torn.zip", connection=lent, plugins=(Meddler(engine.url),))
        assert "REPEATABLE READ" in caught.value.hint
    assert not (tmp_path / "torn.zip").exists()
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as lent:
        assert nights(lent) == NUMBER + 1
        result = export(tmp_path / "whole.zip", connection=lent)
        assert result.report.isolation == "REPEATABLE READ"
        assert "MOMENT_NOT_HELD" not in codes(result)
    engine.dispose()


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
@pytest.mark.parametrize("lend", ["engine", "connection"])
def test_what_commits_by_itself_gets_a_transaction(server: str, lend: str, tmp_path: Path) -> None:
    with host(server, tmp_path, nights=NUMBER) as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            assert nights(connection) == NUMBER
            lent: Any = {"engine": engine, "connection": connection}[lend]
            result = export(tmp_path / "lent.zip", **{lend: lent}, plugins=(Meddler(engine.url),))
            assert nights(connection) == NUMBER + 1
        engine.dispose()
    assert len(rows_of(tmp_path / "lent.zip", "event.txt")) == NUMBER
    assert result.report.snapshot == "transaction"


@pytest.mark.parametrize("begin", ["begin", "begin immediate", ""])
def test_sqlite_engines_that_begin_in_their_own_way(begin: str, tmp_path: Path) -> None:
    with host("sqlite-rollback", tmp_path, nights=NUMBER) as url:
        engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 5} if begin else {"timeout": 5})
        if begin:
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        result = export(tmp_path / "engine.zip", engine=engine, plugins=(Meddler(engine.url),))
        assert result.report.snapshot == "copy"
        assert len(rows_of(tmp_path / "engine.zip", "event.txt")) == NUMBER
        with engine.connect() as connection:
            assert nights(connection) == NUMBER + 1
        engine.dispose()


def test_a_session_that_has_only_read_keeps_no_writer_waiting(tmp_path: Path) -> None:
    # Python's driver begins at the first write only: SQLAlchemy speaks of a transaction that the database does not know.
    with host("sqlite-rollback", tmp_path, nights=NUMBER) as url:
        engine = create_engine(url)
        with Session(engine) as session:
            assert nights(session) == NUMBER
            result = export(tmp_path / "read.zip", session=session, plugins=(Meddler(engine.url),))
            assert result.report.snapshot == "copy"
            assert session.in_transaction()
            assert nights(session) == NUMBER + 1
        engine.dispose()


def test_what_a_session_has_not_written_yet_is_seen(engine: Engine, tmp_path: Path) -> None:
    class Night:
        def __init__(self, **values: Any) -> None:
            self.__dict__.update(values)

    registry().map_imperatively(Night, NIGHTS)
    with Session(engine) as session:
        session.add(Night(id=7000, uid="night-7000", tick=0, amount=0, sightings=0, started_at="2024-07-01T22:00:00+02:00"))
        export(tmp_path / "pending.zip", session=session)
        session.rollback()
    assert "night-7000" in {r["id"] for r in rows_of(tmp_path / "pending.zip", "event.txt")}
    clear_mappers()


def test_a_temporary_table_is_read_where_it_is(tmp_path: Path) -> None:
    with host("sqlite-rollback", tmp_path, nights=NUMBER) as url:
        engine = create_engine(url)
        with engine.connect() as lent:
            lent.exec_driver_sql("create temp table chosen (uid text primary key)")
            lent.exec_driver_sql("insert into chosen values ('night-7')")
            lent.commit()
            scope = {"event": text("nights.uid in (select uid from chosen)")}
            result = export(tmp_path / "chosen.zip", connection=lent, scope=scope)
            assert result.report.snapshot == "transaction"
        assert [r["id"] for r in rows_of(tmp_path / "chosen.zip", "event.txt")] == ["night-7"]
        engine.dispose()
