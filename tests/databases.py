"""Throw-away databases on the servers that the tests may use, and what is missing where there are none.

`EXPORTER_TEST_POSTGRESQL` and `EXPORTER_TEST_MARIADB` name the servers; scripts/start_servers starts both. A test that lacks one
skips, and fails where `EXPORTER_REQUIRE_ALL=1` says that nothing may be left out.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
SERVERS = {"postgresql": "EXPORTER_TEST_POSTGRESQL", "mariadb": "EXPORTER_TEST_MARIADB"}
_DROP = {"postgresql": "drop database if exists {} with (force)", "mariadb": "drop database if exists {}"}


def missing(reason: str) -> NoReturn:
    """Skip the test for want of something; fail where nothing may be left out."""
    if os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
        pytest.fail(f"EXPORTER_REQUIRE_ALL is set, but {reason}", pytrace=False)
    pytest.skip(reason)


def sample(name: str) -> Path:
    """A folder of the sample data, which lies beside the repository."""
    folder = SAMPLES / name
    if not folder.is_dir():
        missing(f"there is no {name} in ../shared/samples")
    return folder


@contextmanager
def database(server: str) -> Iterator[str]:
    """The URL of a new, empty database on a server; it is dropped afterwards.

    :param server: postgresql or mariadb.
    """
    given = os.environ.get(SERVERS[server])
    if not given:
        missing(f"{SERVERS[server]} names no server (scripts/start_servers starts one)")
    url = make_url(given)
    name = f"exporter_{uuid.uuid4().hex[:12]}"
    _execute(url, f"create database {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(url, _DROP[server].format(name))


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        pytest.fail(f"{url.host} does not answer: {error.orig}", pytrace=False)


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with database("postgresql") as url:
        yield url


@pytest.fixture
def mariadb() -> Iterator[str]:
    """The URL of an empty MariaDB database."""
    with database("mariadb") as url:
        yield url
