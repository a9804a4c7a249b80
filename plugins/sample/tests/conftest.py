"""One street and one house database for all tests that only read them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter_sample import house as house_sample
from exporter_sample.street import build


@pytest.fixture(scope="session")
def street_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database as it is by default."""
    made = tmp_path_factory.mktemp("street") / "street.db"
    build(made)
    return made


@pytest.fixture
def street(street_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to it."""
    connection = sqlite3.connect(street_path)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def house_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database as it is by default."""
    made = tmp_path_factory.mktemp("house") / "house.db"
    house_sample.build(made)
    return made


@pytest.fixture
def house(house_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to it."""
    connection = sqlite3.connect(house_path)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()
