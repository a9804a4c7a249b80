"""What is asked of a takeoff that it cannot give: filters and options, and keys that tell no rows apart."""

from __future__ import annotations

from .failures_kit import Desk, Outcome, provokes
from .failures_takeoff import FORMATS, each, takeoff


@provokes("takeoff-filter-unknown")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk)
    return each(desk, "--filter", "scopes=concret")


@provokes("takeoff-filter-nothing-left")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk)
    return each(desk, "--filter", "conditions=Slab", "--filter", "sheets=A-102", "--filter", "verified=true")


KEYS = {"condition": ("conditions", "scope"), "page": ("pages", "width"), "measurement": ("measurements", "unit")}


def keyed(desk: Desk, record: str, column: str, *sql: str) -> None:
    """A takeoff of which a record has this column as its key."""
    table = f'table = "{KEYS[record][0]}"\n'
    takeoff(desk, *sql, toml={table: f'{table}key = "{column}"\n'})


@provokes("takeoff-key-shared")
def _(desk: Desk) -> list[Outcome]:
    found = []
    for record, (_, column) in KEYS.items():
        keyed(desk, record, column, "update conditions set scope = 'concrete'")
        outcomes = [desk.run("--force", format=name) for name in FORMATS]
        for outcome in (desk.exporter("preview", "--source", "takeoff", "--format", "excel"), *outcomes):
            assert outcome.exit == 2
            assert f"record '{record}': its key '{column}' is not unique: it is " in outcome.err
        found += outcomes
    return found


@provokes("takeoff-key-null")
def _(desk: Desk) -> list[Outcome]:
    keyed(desk, "measurement", "notes")
    return [desk.run("--force", format=name) for name in FORMATS]


@provokes("takeoff-verified-unmapped")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, toml={'is_verified = "verified"\n': ""})
    return each(desk, "--no-include-unverified")


@provokes("takeoff-option-idle")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--geometry", "wkt", format="csv")
