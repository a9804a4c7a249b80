"""What people write today, as straightforward as it gets: no rules, no checks, no findings.

python peers.py core DATABASE OUTPUT      SQLAlchemy Core rows, csv.writer, zipfile
python peers.py driver DATABASE OUTPUT    the driver's cursor, tab-joined, uncompressed (where there is no sqlite3 shell)
"""

from __future__ import annotations

import csv
import io
import sqlite3
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dataset import DECIMALS, TABLES, plain_select

if TYPE_CHECKING:
    from sqlalchemy import Select

AT_ONCE = 1_000


def core_csv_zip(database: Path, output: Path) -> None:
    """Typed columns as a host's models declare them, streamed; deflated at zipfile's usual level."""
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for record, (_, file, columns) in TABLES.items():
            with archive.open(file, "w") as binary, io.TextIOWrapper(binary, encoding="utf-8", newline="") as text:
                writer = csv.writer(text, delimiter="\t", lineterminator="\n")
                writer.writerow(c.term for c in columns)
                rows = connection.execution_options(yield_per=AT_ONCE).execute(_select(record))
                for partition in rows.partitions():
                    writer.writerows(partition)


def _select(record: str) -> Select[tuple[object, ...]]:
    from sqlalchemy import Column, DateTime, Float, Integer, MetaData, String, Table, func, select

    types = {"VARCHAR": String, "FLOAT": Float, "INTEGER": Integer, "DATETIME": DateTime}
    name, _, columns = TABLES[record]
    table = Table(
        name, MetaData(), Column("id", Integer, primary_key=True), *(Column(c.name, types[c.declared]) for c in columns)
    )
    chosen = [func.round(table.c[c.name], DECIMALS) if c.declared == "FLOAT" else table.c[c.name] for c in columns]
    return select(*chosen).order_by(table.c.id)


def driver_tabs(database: Path, output: Path) -> None:
    """All tables one after the other in one uncompressed file, as the sqlite3 shell would write them."""
    connection = sqlite3.connect(database)
    with output.open("w", encoding="utf-8", newline="") as text:
        for record, (_, _, columns) in TABLES.items():
            text.write("\t".join(c.term for c in columns) + "\n")
            for row in connection.execute(plain_select(record)):
                text.write("\t".join(["" if v is None else str(v) for v in row]) + "\n")


def shell_script(output: Path) -> str:
    """What the sqlite3 shell reads to write the same selects, tab-separated, with headers, escaping nothing."""
    selects = "\n".join(plain_select(record) + ";" for record in TABLES)
    return f".headers on\n.mode tabs\n.output {output}\n{selects}\n"


def copy_script(outputs: Mapping[str, Path]) -> str:
    """What psql reads to write the same selects of PostgreSQL, a file for each record; COPY escapes as it always does."""
    selects = {record: plain_select(record, "numeric") for record in outputs}
    return "".join(f"\\copy ({select}) to '{outputs[record]}'\n" for record, select in selects.items())


if __name__ == "__main__":
    {"core": core_csv_zip, "driver": driver_tabs}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
