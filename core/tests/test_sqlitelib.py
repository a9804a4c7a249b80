"""The library of a process that is ours alone counts no bytes; of any other process it is left as it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("pysqlite3", reason="pysqlite3 is not installed")

USED = """
import ctypes, sys
{before}
from exporter.sqlitelib import unmeter
unmeter()
assert {loaded} == ("pysqlite3" in sys.modules)
from pysqlite3 import _sqlite3, connect
connection = connect(":memory:")
assert connection.execute("select length(group_concat(value)) from (select 'x' as value)").fetchone() == (1,)
used = ctypes.CDLL(_sqlite3.__file__).sqlite3_memory_used
used.restype = ctypes.c_int64
print(used())
"""


@pytest.mark.parametrize(("before", "counts"), [("", False), ("import pysqlite3", True)], ids=["ours", "somebody's"])
def test_bytes_are_counted_only_where_the_library_was_begun_by_others(before: str, counts: bool) -> None:
    code = USED.format(before=before, loaded=bool(before))
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (int(found.stdout) > 0) == counts
