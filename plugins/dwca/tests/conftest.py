"""The same small database on every server there is."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from exporter import native
from exporter.database import sqlite_file, sqlite_module

from .traps import fill

SERVERS = {"postgresql": "EXPORTER_TEST_POSTGRESQL", "mariadb": "EXPORTER_TEST_MARIADB"}


@pytest.fixture(params=["sqlite", "native", *SERVERS])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The traps of `traps.py` in a database of their own."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'traps.db'}", poolclass=NullPool)
        fill(made)
        yield made
        made.dispose()
        return
    if request.param == "native":
        yield from _native(tmp_path / "traps.db")
        return
    yield from _on_server(SERVERS[request.param])


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """The traps in SQLite, for what does not depend on the database."""
    made = create_engine(f"sqlite:///{tmp_path / 'traps.db'}", poolclass=NullPool)
    fill(made)
    yield made
    made.dispose()


def _native(path: Path) -> Iterator[Engine]:
    """SQLite with the functions of exporter-native."""
    if not os.environ.get("EXPORTER_REQUIRE_ALL"):
        pytest.importorskip("exporter_native")
    path.touch()
    made = sqlite_file(sqlite_module(), path)
    with made.connect() as connection:
        assert native.served(connection)
    fill(made)
    yield made
    made.dispose()


def _on_server(variable: str) -> Iterator[Engine]:
    if variable not in os.environ:
        if os.environ.get("EXPORTER_REQUIRE_ALL"):
            pytest.fail(f"{variable} is not set")
        pytest.skip(f"{variable} is not set")
    server = create_engine(os.environ[variable], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"exporter_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    made = create_engine(make_url(os.environ[variable]).set(database=name), poolclass=NullPool)
    try:
        fill(made)
        yield made
    finally:
        made.dispose()
        with server.connect() as connection:
            connection.execute(text(f"drop database {name}"))
        server.dispose()
