"""Fixtures for all tests of this folder."""

from .databases import mariadb, postgresql

__all__ = ["mariadb", "postgresql"]
