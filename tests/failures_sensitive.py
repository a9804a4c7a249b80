"""Lists of sensitive taxa that cannot be used, and places that cannot be hidden."""

from __future__ import annotations

from .failures_kit import Desk, Outcome, provokes

FALCON = "taxon,precision\nNoctua pronuba,1\n"


def generalized(desk: Desk, given: str | bytes, *words: str) -> Outcome:
    """An export with a list of sensitive taxa."""
    content = given if isinstance(given, bytes) else given.encode()
    (desk.folder / "sensitive.csv").write_bytes(content)
    return desk.run("--generalize", "sensitive.csv", *words)


@provokes("sensitive-missing")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--generalize", "nowhere.csv")


@provokes("sensitive-empty")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [generalized(desk, given) for given in ("", "\n \n", "taxon,precision\n\n")]


@provokes("sensitive-column")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [
        generalized(desk, f"{header}\nNoctua,1\n") for header in ("name,precision", "taxon,digits", "taxon,taxon,precision")
    ]


@provokes("sensitive-precision")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [
        generalized(desk, f"taxon,precision\nBiston,2\nNoctua,{word}\n") for word in ("4", "-1", "", "hide", "0.5", "1.0")
    ]


@provokes("sensitive-taxon-empty")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return generalized(desk, "taxon,precision\n ,1\n")


@provokes("sensitive-cells")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [
        generalized(desk, f"taxon,precision\n{line}\n") for line in ("Noctua pronuba", "Noctua pronuba (Linnaeus, 1758),1")
    ]


@provokes("sensitive-twice")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    return [generalized(desk, f"{FALCON}{line}\n") for line in ("noctua pronuba,2", "Noctua pronuba Hübner,withhold")]


@provokes("sensitive-not-utf8")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return generalized(desk, b"taxon,precision\nNoctua\xff,1\n")


@provokes("sensitive-no-csv")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return generalized(desk, 'taxon,precision\n"Noctua" pronuba,1\n')


@provokes("sensitive-bom")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    forms = ("\ufefftaxon,precision\r\nNoctua pronuba,1\r\n", "Precision;Taxon\r\n0.1;noctua pronuba\r\n")
    found = [generalized(desk, given, "--force") for given in forms]
    for each in found:
        assert [row["decimalLatitude"] for row in each.rows("event.txt")] == ["51.5", "51.5", "51.6"]
        assert [row["locationID"] for row in each.rows("event.txt")] == ["", "", ""]
    return found


@provokes("sensitive-unknown")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return generalized(desk, "taxon,precision\nNoctua pronubo,1\n")


@provokes("sensitive-no-names")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'scientific_name = "name"\n': ""})
    return generalized(desk, FALCON)


@provokes("sensitive-in-identifier")
def _(desk: Desk) -> Outcome:
    desk.traps("update nights set lat = 51.4961 where id = 1; update nights set uid = 'at 51.496 N' where id = 1")
    desk.sql("update finds set night = 'at 51.496 N' where night = 'n1'; update nights set parent = null")
    return generalized(desk, FALCON)


@provokes("sensitive-in-metadata")
def _(desk: Desk) -> Outcome:
    desk.traps("update nights set site = 'Far moor' where id = 1", toml={"Moths of three nights": "Moths of far moor"})
    return generalized(desk, FALCON)
