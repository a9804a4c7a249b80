"""The same small database on every server there is."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from .host import fill

SERVERS = {"postgresql": "EXPORTER_TEST_POSTGRESQL", "mariadb": "EXPORTER_TEST_MARIADB"}


@pytest.fixture(params=["sqlite", *SERVERS])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The app of `host.py` in a database of its own."""
    if request.param == "sqlite":
        yield from _in_file(tmp_path)
    else:
        yield from _on_server(SERVERS[request.param])


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """The app in SQLite, for what does not depend on the database."""
    yield from _in_file(tmp_path)


def _in_file(folder: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{folder / 'host.db'}", poolclass=NullPool)
    fill(made)
    yield made
    made.dispose()


def _on_server(variable: str) -> Iterator[Engine]:
    if variable not in os.environ:
        if os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
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
