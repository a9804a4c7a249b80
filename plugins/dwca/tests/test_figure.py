"""The figure: its numbers are those of the files, on every database; it looks the same each time; nothing in the data breaks it.

Pictures of all cases are left in build/looks, to be looked at.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import matplotlib
import pytest
from sqlalchemy import Engine, literal

import exporter
from exporter import InputError, Source
from exporter.lookup import find_source
from exporter.tables import Value
from exporter_dwca.figure import numbers, tally
from exporter_dwca.figure.geography import Extent, degrees, ticks, view_of
from exporter_dwca.figure.names import pieces
from exporter_dwca.figure.numbers import Numbers, gather
from exporter_dwca.figure.paper import legible
from exporter_dwca.figure.periods import periods
from exporter_dwca.figure.tally import Tally
from exporter_dwca.format import DarwinCoreArchive

from . import looks, traps

LOOKS = Path(__file__).parents[3] / "build" / "looks"
SHAPE = 2.0


class Counting(DarwinCoreArchive):
    """The format; it keeps the numbers in place of drawing them."""

    found: Numbers

    def exporter_figure(self, ctx: Any, tables: Any, file: Path) -> str:
        self.found = gather(ctx, tables, SHAPE)
        file.write_bytes(b"drawn")
        return "Numbers."


def counted(source: Source, folder: Path, **more: Any) -> tuple[Numbers, dict[str, list[dict[str, str]]]]:
    """The numbers of a figure, and the files that were written with it."""
    format = Counting()
    exporter.run(format=format, source=source, output=folder / "o.zip", figure=folder / "o.svg", force=True, **more)
    return format.found, traps.read(folder / "o.zip")


# --- numbers


@pytest.mark.parametrize("core", ["event", "occurrence"])
@pytest.mark.parametrize(
    "words", [{}, {"project": 1}, {"filters": {"taxa": ["Geometridae"]}}], ids=["all", "project", "taxon"]
)
def test_numbers_are_those_of_the_files(engine: Engine, tmp_path: Path, core: str, words: dict[str, Any]) -> None:
    found, files = counted(traps.source(engine), tmp_path, options={"core": core}, **words)
    of_core, finds = files[f"{core}.txt"], files["occurrence.txt"]
    places = [(float(r["decimalLongitude"]), float(r["decimalLatitude"])) for r in of_core]
    assert (found.places.of, found.places.rows, found.places.all) == (f"{core}s", len(places), len(of_core))
    drawn = [(round(s.longitude, 6), round(s.latitude, 6)) for s in found.places.spots for _ in range(s.rows)]
    assert sorted(drawn) == sorted(places)
    dates = {row["id"]: row["eventDate"] for row in of_core}
    months = Counter((int(dates[r["id"]][:4]), int(dates[r["id"]][5:7])) for r in finds)
    assert (found.times.of, found.times.months, found.times.undated) == ("occurrences", months, 0)
    names = Counter(r["scientificName"] for r in finds)
    assert {name: n for name, _, n in found.taxa.top} == names
    assert {rank for _, rank, _ in found.taxa.top} == {r["taxonRank"] for r in finds}
    assert (found.taxa.names, found.taxa.rows, found.taxa.absent) == (len(names), len(finds), 0)


def test_the_figure_shows_the_values_of_the_tables(sqlite: Engine, tmp_path: Path) -> None:
    """Whatever replaces a coordinate in the file, a rule of secrecy say, replaces it in the picture."""

    class Coarse(Counting):
        def exporter_query(self, ctx: Any, records: Any) -> Any:
            def coarse(query: Any) -> Any:
                return attrs.evolve(query, values={**query.values, "decimalLatitude": Value(literal(50.0))})

            first, *rest = super().exporter_query(ctx, records)
            return [attrs.evolve(first, queries=tuple(map(coarse, first.queries))), *rest]

    format = Coarse()
    exporter.run(format=format, source=traps.source(sqlite), output=tmp_path / "o.zip", figure=tmp_path / "o.svg")
    assert {s.latitude for s in format.found.places.spots} == {50.0}
    assert {r["decimalLatitude"] for r in traps.read(tmp_path / "o.zip")["event.txt"]} == {"50.0"}


def test_occurrences_lend_their_places_to_events_without(tmp_path: Path) -> None:
    source = looks.source(
        tmp_path, [(None, None, "2024-06-01")], [(1, "A", "", "", 5.5, 50.5), (1, "B", "", "", None, None)], own_places=True
    )
    places = counted(source, tmp_path)[0].places
    assert (places.of, places.rows, places.all) == ("occurrences", 1, 2)
    assert [(s.longitude, s.latitude, s.rows) for s in places.spots] == [(5.5, 50.5, 1)]


def test_what_is_no_coordinate_is_nowhere(tmp_path: Path) -> None:
    odd = [("", ""), ("abc", "x"), (181, 5), (5, -90.5), (None, 5), (5, None)]
    found, _ = counted(looks.source(tmp_path, [(*each, "2024") for each in odd] + [("5.5", "50.5", "2024")]), tmp_path)
    assert [(s.longitude, s.latitude) for s in found.places.spots] == [(5.5, 50.5)]
    assert (found.places.rows, found.places.all) == (1, 7)


def test_dates(tmp_path: Path) -> None:
    days = [
        "2024-06-01",
        "2024-06-01/2024-07-02",
        "2024-06",
        "2024",
        "2023/2024",
        "06.07.2024",
        "",
        None,
        "2024-13-01",
        "20240601",
    ]
    source = looks.source(tmp_path, [(5, 5, d) for d in days], [(i + 1, "A") for i in range(len(days))])
    times = counted(source, tmp_path)[0].times
    assert times.months == {(2023, 0): 1, (2024, 0): 1, (2024, 6): 3}
    assert times.undated == 5


def test_absences_are_no_finds(tmp_path: Path) -> None:
    finds = [(1, "Lutra lutra", "", "present"), (1, "Lutra lutra", "", "Absent"), (1, "Castor fiber", "", None)]
    found, _ = counted(looks.source(tmp_path, [(5, 5, "2024-06-01")], finds), tmp_path)
    assert found.taxa.top == (("Castor fiber", "", 1), ("Lutra lutra", "", 1))
    assert (found.taxa.rows, found.taxa.absent) == (2, 1)
    assert found.times.months == {(2024, 6): 2}


@pytest.mark.parametrize("core", ["event", "occurrence"])
@pytest.mark.parametrize("more", ["absences", "generalize"])
def test_what_the_archive_adds_or_hides(tmp_path: Path, core: str, more: str) -> None:
    """Absences are rows of the file, and no finds; coordinates that are rounded for the file are so in the picture."""
    (tmp_path / "sensitive.csv").write_text("taxon,precision\nNoctuidae,1\nSaturniidae,withhold\n")
    options = {"absences": True} if more == "absences" else {"generalize": tmp_path / "sensitive.csv"}
    found, files = counted(find_source("sample:insects"), tmp_path, options={"core": core, **options})
    finds = [r for r in files["occurrence.txt"] if r["occurrenceStatus"] != "absent"]
    placed = [r for r in (finds if core == "occurrence" else files["event.txt"]) if r["decimalLongitude"]]
    assert found.places.rows == len(placed)
    assert found.places.all == (len(finds) if core == "occurrence" else len(files["event.txt"]))
    if more == "generalize":
        assert {"COORDINATES_GENERALIZED", "PLACE_WITHHELD"} & found_codes(tmp_path)
    reach = [(float(r["decimalLongitude"]), float(r["decimalLatitude"])) for r in placed]
    assert found.places.extent is not None
    assert (found.places.extent.west, found.places.extent.north) == (min(x for x, _ in reach), max(y for _, y in reach))
    dates = {row["id"]: row["eventDate"] for row in files[f"{core}.txt"]}
    assert sum(found.times.months.values()) == sum(1 for r in finds if dates[r["id"]])
    assert found.times.undated == sum(1 for r in finds if not dates[r["id"]])
    assert found.taxa.rows == len(finds)
    assert found.taxa.absent == len(files["occurrence.txt"]) - len(finds)
    assert (found.taxa.absent > 0) == (more == "absences")


def found_codes(folder: Path) -> set[str]:
    """The codes in the report of the run."""
    report = json.loads((folder / "o.zip.report.json").read_text(encoding="utf-8"))
    return {finding["code"] for finding in report["findings"]}


def test_without_occurrences_events_are_counted(tmp_path: Path) -> None:
    found, _ = counted(looks.source(tmp_path, [(5, 5, "2024-06-01")] * 3), tmp_path)
    assert (found.times.of, found.times.months) == ("events", {(2024, 6): 3})
    assert found.taxa.top == ()


def test_only_the_most_frequent_names_come_from_the_database(tmp_path: Path) -> None:
    finds = [(1, f"Aus b{chr(97 + i)}s") for i in range(20) for _ in range(i + 1)]
    taxa = counted(looks.source(tmp_path, [(5, 5, "2024")], finds), tmp_path)[0].taxa
    assert [n for *_, n in taxa.top] == list(range(20, 5, -1))
    assert (taxa.names, taxa.rows) == (20, 210)


def test_names_that_are_many_are_counted_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MANY", 3)
    words = [("c", "x"), ("a", "z"), ("b", ""), ("a", "y"), ("d", ""), ("c", "x"), ("a", "z"), ("é", ""), ("e", "")]
    with Tally(tmp_path / "names.db") as names:
        for name, rank in words:
            names.add(name, rank, 2)
        assert (tmp_path / "names.db").is_file()
        assert names.top(3) == (("a", "y", 6), ("c", "x", 4), ("b", "", 2))
        assert names.totals() == (6, 18)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(tally, "MANY", 100)
    with Tally(tmp_path / "names.db") as few:
        for name, rank in words:
            few.add(name, rank, 2)
        assert (few.top(3), few.totals()) == ((("a", "y", 6), ("c", "x", 4), ("b", "", 2)), (6, 18))
        assert list(tmp_path.iterdir()) == []


def test_many_places_become_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "GRID", (8, 4))
    source = looks.source(tmp_path, [(i % 100 / 10, i // 100 / 10, "2024") for i in range(5000)])
    places = counted(source, tmp_path)[0].places
    assert len(places.spots) <= 8 * 4
    assert sum(s.rows for s in places.spots) == places.rows == 5000


# --- the map's geometry


def extent(*longitudes: float, south: float = 0.0, north: float = 0.0) -> Extent:
    found = Extent.at(longitudes[0], south)
    for x in longitudes:
        found = found.with_point(x, south).with_point(x, north)
    return found


def test_a_single_point_is_in_the_middle_of_a_small_map() -> None:
    view = view_of(Extent.at(-4.774, 51.496), SHAPE)
    assert ((view.west + view.east) / 2, (view.south + view.north) / 2) == pytest.approx((-4.774, 51.496))
    assert view.north - view.south == pytest.approx(0.02)
    assert (view.east - view.west) / view.stretch / (view.north - view.south) == pytest.approx(SHAPE)


@pytest.mark.parametrize(
    ("longitudes", "west", "east"),
    [((177, 179, -179, -178), 177, 182), ((115, 175, -178, -70), 115, 290), ((-179, 179), 179, 181)],
    ids=["Fiji", "Pacific", "both sides"],
)
def test_the_map_goes_over_the_180th_meridian(longitudes: tuple[float, ...], west: float, east: float) -> None:
    view = view_of(extent(*longitudes), SHAPE)
    assert view.seam == min(x for x in longitudes if x > 0)
    assert view.west <= west < east <= view.east
    assert view.east - view.west < 360
    assert all(view.west <= view.turned(x) <= view.east for x in longitudes)


@pytest.mark.parametrize("longitudes", [(-179, -60, 60, 179), (-90, 10), (-180, -90, 0, 90, 180), (5,), (-100,), (-80, 99)])
def test_the_map_stays_on_this_side(longitudes: tuple[float, ...]) -> None:
    view = view_of(extent(*longitudes), SHAPE)
    assert view.seam is None
    assert -180 <= view.west <= min(longitudes) <= max(longitudes) <= view.east <= 180


@pytest.mark.parametrize("latitude", [-90.0, -80.0, 0.0, 60.0, 89.9])
def test_a_degree_of_longitude_is_shorter_towards_the_poles(latitude: float) -> None:
    view = view_of(extent(10, 11, south=latitude, north=latitude), SHAPE)
    assert -90 <= view.south <= latitude <= view.north <= 90
    assert view.stretch == pytest.approx({-90.0: 5.0, -80.0: 5.0, 0.0: 1.0, 60.0: 2.0, 89.9: 5.0}[latitude])


def test_the_world_is_shown_as_it_is() -> None:
    view = view_of(extent(-180, 0, 180, south=-89, north=89), SHAPE)
    assert (view.west, view.south, view.east, view.north, view.stretch) == (-180, -90, 180, 90, 1)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-180, 180, ["180°", "120°W", "60°W", "0°", "60°E", "120°E", "180°"]),
        (176, 184, ["176°E", "178°E", "180°", "178°W", "176°W"]),
        (-4.79, -4.76, ["4.790°W", "4.785°W", "4.780°W", "4.775°W", "4.770°W", "4.765°W", "4.760°W"]),
        (-0.011, 0.011, ["0.010°W", "0.005°W", "0.000°", "0.005°E", "0.010°E"]),
        (0.5, 9.9, ["2°E", "4°E", "6°E", "8°E"]),
    ],
)
def test_lines_are_at_round_degrees(low: float, high: float, labels: list[str]) -> None:
    at, decimals = ticks(low, high, 7 if high - low > 300 else 6)
    assert [degrees(value, decimals, "EW") for value in at] == labels


def test_there_are_never_too_many_lines() -> None:
    chosen = random.Random(4)
    for _ in range(500):
        low = chosen.uniform(-180, 179)
        high = low + 10 ** chosen.uniform(-4, 2.5)
        at, _ = ticks(low, high, 7)
        assert 1 <= len(at) <= 8
        assert all(low - 1e-6 <= value <= high + 1e-6 for value in at)


# --- the time line


@pytest.mark.parametrize(
    ("months", "unit", "bars"),
    [
        ({(2024, 6): 3}, "month", 1),
        ({(2024, 6): 3, (2020, 7): 1}, "month", 2),
        ({(2024, 6): 3, (2020, 6): 1}, "year", 2),
        ({(2024, 0): 3, (2023, 0): 1}, "year", 2),
        ({(2024, 1): 1, (1850, 0): 1}, "decade", 2),
        ({(2024, 1): 1, (1, 0): 1}, "century", 2),
    ],
)
def test_bars_are_as_long_as_they_must(months: dict[tuple[int, int], int], unit: str, bars: int) -> None:
    found = periods(months)
    assert found is not None
    assert (found.unit, len(found.bars)) == (unit, bars)
    assert sum(found.bars.values()) + found.vague == sum(months.values())
    assert found.span[0] <= min(found.bars) <= max(found.bars) <= found.span[1]
    assert found.span[1] - found.span[0] >= 5
    assert 2 <= len(found.labels) <= 12


def test_a_year_alone_is_in_no_month() -> None:
    found = periods({(2024, 0): 1, (2024, 6): 2})
    assert found is not None
    assert (found.unit, found.vague, sum(found.bars.values())) == ("month", 1, 2)
    assert periods({}) is None


def test_each_year_stands_once_below_its_first_month() -> None:
    found = periods({(2023, 11): 1, (2024, 2): 1})
    assert found is not None
    assert list(found.labels.values()) == ["Oct\n2023", "Nov", "Dec", "Jan\n2024", "Feb", "Mar"]


# --- names


@pytest.mark.parametrize(
    ("name", "rank", "italic"),
    [
        ("Noctua pronuba", "species", ["Noctua pronuba"]),
        ("Noctua pronuba (Linnaeus, 1758)", "", ["Noctua pronuba"]),
        ("Noctua (Noctua) pronuba", "", ["Noctua (Noctua) pronuba"]),
        ("Quercus robur L. subsp. robur", "subspecies", ["Quercus robur", "robur"]),
        ("Carabus cf. nemoralis", "", ["Carabus", "nemoralis"]),
        ("Carabus sp.", "genus", ["Carabus"]),
        ("Noctua", "GENUS", ["Noctua"]),
        ("Noctuidae", "", []),
        ("Noctuidae", "family", []),
        ("Lepidoptera", "order", []),
        ("Aves", "class", []),
        ("Anas × platyrhynchos", "", ["Anas", "platyrhynchos"]),
        ("Aus bus de Vries", "", ["Aus bus"]),
        ("<b>moth</b>", "", []),
        ("", "", []),
    ],
)
def test_latin_is_in_italics(name: str, rank: str, italic: list[str]) -> None:
    found = pieces(name, rank)
    assert [text for text, is_italic in found if is_italic] == italic
    assert " ".join(text for text, _ in found) == name


def test_texts_are_of_characters_that_a_font_has() -> None:
    assert legible("a\nb\t c\x00\u202e\u200b é\ue000") == "a b c é"
    assert legible("\ud800") == ""
    assert legible("\U0001f98b moth") == "\u25a1 moth"


# --- pictures


def _day(chosen: random.Random, first: int, last: int) -> str:
    return f"{chosen.randint(first, last)}-{chosen.randint(1, 12):02d}-{chosen.randint(1, 28):02d}"


NAMES = (
    "Noctua pronuba (Linnaeus, 1758)",
    "Biston betularia",
    "Noctuidae",
    "Quercus robur L. subsp. robur",
    "Thylacinus cynocephalus × hybridus longissimus (Harris & Temminck, 1808) sensu lato auct. non L.",
    "Aus (Bus) cus",
    "Carabus cf. nemoralis",
    *(f"Aus {chr(97 + i // 26)}{chr(97 + i % 26)}us" for i in range(120)),
)


def _finds(chosen: random.Random, number: int, events: int) -> list[tuple[int, str]]:
    return [(chosen.randint(1, events), NAMES[min(int(chosen.expovariate(0.05)), len(NAMES) - 1)]) for _ in range(number)]


def _many(folder: Path, chosen: random.Random) -> Source:
    events = [(chosen.gauss(4.9, 1.2), chosen.gauss(52, 0.7), _day(chosen, 2021, 2024)) for _ in range(6000)]
    return looks.source(folder, events, _finds(chosen, 900, 6000), title="Too many points to tell apart")


def _world(folder: Path, chosen: random.Random) -> Source:
    events = [(chosen.uniform(-180, 180), chosen.uniform(-80, 80), _day(chosen, 1850, 2024)) for _ in range(400)]
    title = "All drawers of a museum, with a title that does not want to end and goes on and on. " * 3
    return looks.source(folder, events, _finds(chosen, 3000, 400), title=title)


def _fiji(folder: Path, chosen: random.Random) -> Source:
    longitudes = [chosen.uniform(177, 185) for _ in range(50)]
    events = [(x - 360 if x > 180 else x, chosen.uniform(-19, -15), _day(chosen, 2023, 2024)) for x in longitudes]
    return looks.source(folder, events * 2, _finds(chosen, 700, 50), title="Moths of Fiji")


def _hostile(folder: Path, _: random.Random) -> Source:
    names = ["<script>alert(1)</script>", "$x^2$ $\\alpha", "中文 名称\u202e\x07", "A" * 400, "a\nb\tc", "ŠŽ \U0001f98b"]
    title = "<b>Title</b> $E=mc^2$ \u202e 中文 \x01 & more"
    return looks.source(folder, [("abc", "x", "soon"), (0, 91, "2024-13-40")], [(1, n) for n in names], title=title)


CASES: dict[str, Callable[[Path, random.Random], Source]] = {
    "one-point": lambda folder, r: looks.source(
        folder, [(-4.774, 51.496, "2024-06-01")], _finds(r, 40, 1), title="One trap"
    ),
    "world": _world,
    "antimeridian": _fiji,
    "many-points": _many,
    "no-rows": lambda folder, _: looks.source(folder, [], title="Nothing yet"),
    "no-places-no-dates": lambda folder, r: looks.source(folder, [(None, None, None)] * 5, _finds(r, 20, 5)),
    "hostile": _hostile,
}


def _drawn(source: Source, figure: Path, folder: Path, **more: Any) -> None:
    exporter.run(format="dwca", source=source, output=folder / "o.zip", figure=figure, force=True, keep_going=True, **more)


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_drawn(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    LOOKS.mkdir(parents=True, exist_ok=True)
    source = CASES[case](tmp_path, random.Random(1))
    _drawn(source, LOOKS / f"{case}.png", tmp_path, page=True)
    pixels = _pixels(LOOKS / f"{case}.png")
    assert pixels.shape[:2] == (1200, 1600)
    ink = pixels.min(axis=2) < 200
    assert 0.002 < ink.mean() < 0.4
    margin = 24
    assert not ink[:margin].any(), "something is cut off at the top"
    assert not ink[-margin:].any(), "something is cut off at the bottom"
    assert not ink[:, :margin].any(), "something is cut off at the left"
    assert not ink[:, -margin:].any(), "something is cut off at the right"
    gutter = ink[320:, 786:822]  # between the panels
    assert not gutter.any(), "a panel reaches into the next"


def _pixels(file: Path) -> Any:
    import numpy
    from PIL import Image

    with Image.open(file) as picture:
        assert "date" not in str(picture.info).lower()
        return numpy.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("kind", [".png", ".svg", ".pdf"])
def test_the_same_rows_give_the_same_bytes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the host has told matplotlib; and what it has told is as it was."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    source = _fiji(tmp_path, random.Random(1))
    _drawn(source, tmp_path / f"a{kind}", tmp_path)
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 30.0)
    monkeypatch.setitem(matplotlib.rcParams, "text.usetex", True)
    _drawn(source, tmp_path / f"b{kind}", tmp_path, workers=1)
    assert (tmp_path / f"a{kind}").read_bytes() == (tmp_path / f"b{kind}").read_bytes()
    assert (matplotlib.rcParams["font.size"], matplotlib.rcParams["text.usetex"]) == (30.0, True)


def test_the_picture_does_not_depend_on_the_database(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    from sqlalchemy import create_engine

    beside = create_engine(f"sqlite:///{tmp_path / 'beside.db'}")
    traps.fill(beside)
    for name, each in (("a", engine), ("b", beside)):
        _drawn(traps.source(each), tmp_path / f"{name}.png", tmp_path)
    beside.dispose()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_an_svg_needs_nobody_else(tmp_path: Path) -> None:
    _drawn(_hostile(tmp_path, random.Random(1)), tmp_path / "a.svg", tmp_path)
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.findall(r'(?:href|src)="(?!#|data:)', text)


def test_words_for_the_figure(tmp_path: Path) -> None:
    source = looks.source(
        tmp_path, [(5.0, 50.0, "2024-06-01"), (6.0, 51.0, "2024-07-01")], [(1, "Aus bus")] * 2 + [(2, "Cus dus")]
    )
    result = exporter.run(format="dwca", source=source, output=tmp_path / "o.zip", page=True, keep_going=True)
    (alt,) = re.findall(r'alt="(.*?)"', (tmp_path / "o.zip.report.html").read_text(encoding="utf-8"))
    assert "2 events with coordinates, from 50.00°N to 51.00°N and from 5.00°E to 6.00°E." in alt
    assert "3 occurrences from Jun 2024 to Jul 2024, most in Jun 2024 (2)." in alt
    assert "3 occurrences of 2 names; the most frequent: Aus bus (2), Cus dus (1)." in alt
    assert all(f.code in alt for f in result.report.findings)
    assert result.report.versions["matplotlib"] == matplotlib.__version__


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *_: None if name == "matplotlib" else pytest.fail(name))
    source = looks.source(tmp_path, [(5.0, 50.0, "2024-06-01")])
    with pytest.raises(InputError, match=r"matplotlib.*\n.*exporter-dwca\[figures\]"):
        _drawn(source, tmp_path / "a.png", tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"survey.db"}


def test_the_page_as_a_browser_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    LOOKS.mkdir(parents=True, exist_ok=True)
    exporter.run(format="dwca", source="sample:insects", output=tmp_path / "o.zip", page=True)
    for name, width in (("page", 1200), ("page-narrow", 420)):
        picture = LOOKS / f"{name}.png"
        picture.unlink(missing_ok=True)
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path / name}"]
        words += [f"--window-size={width},2600", f"--screenshot={picture}", (tmp_path / "o.zip.report.html").as_uri()]
        subprocess.run([chromium, *words], check=True, capture_output=True, timeout=60)
        assert _pixels(picture).std() > 10
