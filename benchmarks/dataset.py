"""The database that is exported: the same rows every time, made once and kept under build/bench.

Tables as a host app has them: an integer primary key, identifiers as text with a unique index, moments as SQLAlchemy stores them,
coordinates as REALs with a long fraction. No row is broken: it is the plain way that is measured.

    python dataset.py DATABASE OCCURRENCES wal|delete
"""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EDITION = 2  # of the rows; another one is made anew
OCCURRENCES_PER_EVENT = 40
MEDIA_EVERY = 2  # every second occurrence has a picture
DECIMALS = 6


@dataclass(frozen=True)
class Column:
    """A column of the database and the Darwin Core term, or field of the record, that it is exported as."""

    name: str
    declared: str
    term: str

    def sql(self, exact: str = "") -> str:
        """What a plain script selects: coordinates rounded, as an archive wants them.

        :param exact: the type to cast to first, where the database rounds no double to decimals.
        """
        if self.declared != "FLOAT":
            return self.name
        return f"round({f'cast({self.name} as {exact})' if exact else self.name}, {DECIMALS})"


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*line.split()) for line in text.strip().splitlines())


# One entry for each record: table, file in an archive, columns beside the primary key `id`.
TABLES: dict[str, tuple[str, str, tuple[Column, ...]]] = {
    "event": (
        "events",
        "event.txt",
        _columns(
            """
            uid            VARCHAR  eventID
            kind           VARCHAR  eventType
            start_at       DATETIME event_start
            end_at         DATETIME event_end
            protocol       VARCHAR  samplingProtocol
            effort         VARCHAR  samplingEffort
            locality       VARCHAR  locality
            country        VARCHAR  countryCode
            latitude       FLOAT    decimalLatitude
            longitude      FLOAT    decimalLongitude
            datum          VARCHAR  geodeticDatum
            updated_at     DATETIME modified
            """
        ),
    ),
    "occurrence": (
        "occurrences",
        "occurrence.txt",
        _columns(
            """
            uid            VARCHAR  occurrenceID
            event_uid      VARCHAR  eventID
            basis          VARCHAR  basisOfRecord
            name           VARCHAR  scientificName
            rank           VARCHAR  taxonRank
            kingdom        VARCHAR  kingdom
            phylum         VARCHAR  phylum
            class          VARCHAR  class
            order_         VARCHAR  order
            family         VARCHAR  family
            genus          VARCHAR  genus
            latitude       FLOAT    decimalLatitude
            longitude      FLOAT    decimalLongitude
            individuals    INTEGER  individualCount
            sex            VARCHAR  sex
            life_stage     VARCHAR  lifeStage
            recorded_by    VARCHAR  recordedBy
            identified_by  VARCHAR  identifiedBy
            identified_at  DATETIME dateIdentified
            updated_at     DATETIME modified
            """
        ),
    ),
    "media": (
        "media",
        "multimedia.txt",
        _columns(
            """
            event_uid      VARCHAR  eventID
            occurrence_uid VARCHAR  occurrenceID
            kind           VARCHAR  type
            media_type     VARCHAR  format
            url            VARCHAR  identifier
            taken_at       DATETIME created
            creator        VARCHAR  creator
            license        VARCHAR  license
            """
        ),
    ),
}

INDEXES = (
    "create unique index events_uid on events (uid)",
    "create unique index occurrences_uid on occurrences (uid)",
    "create index occurrences_event on occurrences (event_uid)",
    "create index media_event on media (event_uid)",
    "create index media_occurrence on media (occurrence_uid)",
)

_TAXA = [
    tuple(line.split())
    for line in """
    Lepidoptera Noctuidae Noctua pronuba fimbriata comes janthe
    Lepidoptera Noctuidae Agrotis exclamationis segetum ipsilon
    Lepidoptera Erebidae Arctia caja villica
    Lepidoptera Erebidae Lymantria dispar monacha
    Lepidoptera Geometridae Biston betularia strataria
    Lepidoptera Geometridae Idaea aversata biselata dimidiata
    Lepidoptera Sphingidae Deilephila elpenor porcellus
    Lepidoptera Sphingidae Sphinx ligustri pinastri
    Coleoptera Carabidae Carabus granulatus nemoralis violaceus
    Coleoptera Carabidae Pterostichus melanarius niger
    Coleoptera Scarabaeidae Melolontha melolontha hippocastani
    Diptera Tipulidae Tipula oleracea paludosa maxima
    Hymenoptera Ichneumonidae Ophion luteus obscuratus
    Trichoptera Limnephilidae Limnephilus lunatus rhombicus
    """.strip().splitlines()
]
_PEOPLE = [
    *("Ana Reyes", "Søren Ågård", "María José Núñez", "Piet de Vries"),
    *("Wanjiru Kamau", "Zoë Müller", "John Smith", "Li Wei"),
]
_MODELS = ("moth-net 2.3.1", "panama-species 2024-05", "uk-denmark 1.0")
_PLACES = ("Barro Colorado", "Kalø Hovedgård", "Wytham Woods", "Monts de Cristal", "Laguna Grande")
_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_FIRST_NIGHT = dt.datetime(2022, 4, 1, 20, 0)

_CONFIG = """
[sources.bench]
url = "{url}"
family = "biodiversity"

[sources.bench.dataset]
title = "Night insects of the benchmark"
abstract = "Made-up occurrences of night insects, which show how long it takes to export them."
license = "CC-BY-4.0"
language = "en"

[[sources.bench.dataset.creators]]
organization = "Benchmark"
given_name = "Ana"
surname = "Reyes"
email = "ana@example.org"

[[sources.bench.dataset.contacts]]
organization = "Benchmark"
given_name = "Ana"
surname = "Reyes"
email = "ana@example.org"
"""


@dataclass(frozen=True)
class Database:
    """A database on the disk, in a folder of its own with the exporter.toml that maps it."""

    path: Path
    rows: dict[str, int]

    @property
    def folder(self) -> Path:
        return self.path.parent


def database(folder: Path, occurrences: int, journal: str = "wal") -> Database:
    """The database with so many occurrences, from the last time or made now.

    :param journal: wal or delete, SQLite's journal mode, which stands in the file.
    """
    home = folder / f"{occurrences}-{journal}-{EDITION}"
    path = home / "bench.db"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / "draft.db"
        draft.unlink(missing_ok=True)
        command = [sys.executable, __file__, str(draft), str(occurrences), journal]
        subprocess.run(command, check=True)  # a process of its own: the one that measures stays small
        draft.rename(path)
    (home / "exporter.toml").write_text(config(f"sqlite:///{path.name}"), encoding="utf-8")
    return Database(path, _counted(path))


def config(url: str) -> str:
    """The exporter.toml that maps every table.

    :param url: SQLAlchemy's; `${NAME}` stands for an environment variable.
    """
    lines = [_CONFIG.format(url=url)]
    for record, (table, _, columns) in TABLES.items():
        lines.append(f'[sources.bench.records.{record}]\ntable = "{table}"\n\n[sources.bench.records.{record}.columns]')
        lines += [f'{c.term} = "{c.name}"' for c in columns]
        lines.append("")
    return "\n".join(lines)


def plain_select(record: str, exact: str = "") -> str:
    """The select of a plain script, with terms for headers.

    :param exact: as in `Column.sql`.
    """
    table, _, columns = TABLES[record]
    chosen = ", ".join(f'{c.sql(exact)} as "{c.term}"' for c in columns)
    return f"select {chosen} from {table} order by id"


def build(path: Path, occurrences: int, journal: str) -> None:
    """Write the database at a path where there is none."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma synchronous = off")
    connection.execute("pragma journal_mode = off")
    connection.execute("begin")
    for table, _, columns in TABLES.values():
        declared = ", ".join(f"{c.name} {c.declared}" for c in columns)
        connection.execute(f"create table {table} (id integer primary key, {declared})")
    rows = _Rows(occurrences)
    for record, made in (("event", rows.events()), ("occurrence", rows.occurrences()), ("media", rows.media())):
        table, _, columns = TABLES[record]
        marks = ", ".join("?" * (len(columns) + 1))
        connection.executemany(f"insert into {table} values ({marks})", made)
    for index in INDEXES:
        connection.execute(index)
    connection.execute("commit")
    connection.execute(f"pragma journal_mode = {journal}")
    connection.close()


def _counted(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    rows = {r: int(connection.execute(f"select count(*) from {t}").fetchone()[0]) for r, (t, _, _) in TABLES.items()}
    connection.close()
    return rows


class _Rows:
    """The rows of all tables; what a row holds follows from its number and the seed of its table."""

    def __init__(self, occurrences: int) -> None:
        self._count = occurrences
        self._events = max(occurrences // OCCURRENCES_PER_EVENT, 1)

    def events(self) -> Iterator[tuple[object, ...]]:
        rng = random.Random(1)
        for number, uid in enumerate(_uids(11, self._events)):
            begin = _FIRST_NIGHT + dt.timedelta(days=number % 900)
            end, updated = begin + dt.timedelta(hours=9), begin + dt.timedelta(days=3, seconds=number % 86400)
            yield (
                *(number + 1, uid, "Sampling night", _moment(begin), _moment(end), "light trap", "9 hours"),
                *(f"{_PLACES[number % len(_PLACES)]} {number % 37}", "PA", *_place(rng), "EPSG:4326", _moment(updated)),
            )

    def occurrences(self) -> Iterator[tuple[object, ...]]:
        rng = random.Random(2)
        events = list(_uids(11, self._events))
        for number, uid in enumerate(_uids(12, self._count)):
            order, family, genus, *epithets = rng.choice(_TAXA)
            exact = rng.random() < 0.8
            name = f"{genus} {rng.choice(epithets)}" if exact else genus
            person = rng.random() < 0.2
            seen = _FIRST_NIGHT + dt.timedelta(days=number % 900, seconds=rng.randrange(32400))
            updated = seen + dt.timedelta(days=5, microseconds=rng.randrange(10**6))
            yield (
                *(number + 1, uid, events[number // OCCURRENCES_PER_EVENT % len(events)]),
                *("HumanObservation" if person else "MachineObservation", name, "species" if exact else "genus"),
                *("Animalia", "Arthropoda", "Insecta", order, family, genus, *_place(rng)),
                *(rng.randint(1, 9), rng.choice(("female", "male", None, None)), "adult", rng.choice(_PEOPLE)),
                *(rng.choice(_PEOPLE if person else _MODELS), _moment(seen + dt.timedelta(days=2)), _moment(updated)),
            )

    def media(self) -> Iterator[tuple[object, ...]]:
        rng = random.Random(3)
        events = list(_uids(11, self._events))
        for number, uid in enumerate(_uids(12, self._count)):
            if number % MEDIA_EVERY:
                continue
            taken = _FIRST_NIGHT + dt.timedelta(days=number % 900, seconds=rng.randrange(32400))
            url = f"https://media.example.org/captures/{number:09}.jpg"
            yield (
                *(number // MEDIA_EVERY + 1, events[number // OCCURRENCES_PER_EVENT % len(events)], uid),
                *("StillImage", "image/jpeg", url, _moment(taken), rng.choice(_PEOPLE), _LICENSE),
            )


def _place(rng: random.Random) -> tuple[float, float]:
    """Latitude and longitude with as many digits as a double has."""
    return rng.uniform(-60, 60), rng.uniform(-170, 170)


def _uids(seed: int, count: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(count):
        h = f"{rng.getrandbits(128):032x}"
        yield f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(" ", "microseconds")


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
