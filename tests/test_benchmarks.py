"""The benchmarks run, hold what the ways wrote against the data, and have a place for their figures in the manual."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .databases import missing
from .reading import PYTHON

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"
ROWS = 400


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)


def bench(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / "run.py"), *words, f"--rows={ROWS}", "--rounds=1"]
    kept = {name: value for name, value in os.environ.items() if name != "EXPORTER_TEST_POSTGRESQL"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=kept | environment)


def test_export_and_workers_are_measured() -> None:
    done = bench("export", "workers")
    assert done.returncode == 0, done.stderr
    assert f"10 events, {ROWS} occurrences, 200 media, SQLite (wal journal)" in done.stdout
    ways = re.findall(r"^\| (\S.*?\S) +\| +1 \| +\d+\.\d\d \|", done.stdout, re.MULTILINE)
    assert ways[:2] == ["exporter run --format dwca", "exporter run --format dwca --no-check"]
    assert ways[3:5] == ["exporter run --format dwca, without exporter-native", "SQLAlchemy Core, csv, zipfile"]
    assert re.search(r"--workers 1 and --workers 2 write the same bytes +\| SHA-256 [0-9a-f]{16} \| yes \|", done.stdout)


def test_annotations_and_images_are_measured() -> None:
    done = bench("annotations", "images")
    assert done.returncode == 0, done.stderr
    assert f"{ROWS // 2} polygons on {ROWS // 20} images, box and area stored" in done.stdout
    assert re.search(r"^\| sqlite3, shoelace in Python, orjson, isal +\| +1 \|", done.stdout, re.MULTILINE)
    assert "1 JPEGs of 0 MB" in done.stdout
    assert re.search(
        r"^\| exporter run --format coco --include-images --packaging folder +\| +1 \|", done.stdout, re.MULTILINE
    )
    assert not list((ROOT / "build" / "bench" / "1-photos").glob("ours*"))


def test_workbooks_are_measured() -> None:
    done = bench("takeoff_excel")
    assert done.returncode == 0, done.stderr
    assert f"{ROWS // 10} measurements x 12 columns" in done.stdout
    assert re.search(r"^\| sqlite3, XlsxWriter constant_memory, bare cells +\| +1 \|", done.stdout, re.MULTILINE)


def test_xml_of_takeoffs_is_measured_against_the_same_elements() -> None:
    done = bench("takeoff_ost")
    assert done.returncode == 0, done.stderr
    assert f"{ROWS // 2} measurements, rounds: 1" in done.stdout
    assert re.search(r"^\| sqlite3, orjson, f-strings +\| +1 \|", done.stdout, re.MULTILINE)
    assert re.search(
        rf"^\| exporter run --format ost, {3 * (ROWS // 2)} measurements \| +\d+\.\d \|", done.stdout, re.MULTILINE
    )


def test_xml_of_takeoffs_by_hand_has_the_same_elements() -> None:
    from measure import run_once  # type: ignore[import-not-found]
    from takeoff_excel import prepared  # type: ignore[import-not-found]
    from takeoff_ost import THEIRS, ours, theirs  # type: ignore[import-not-found]

    folder = prepared(3 * ROWS)
    made = []
    for way in (ours(folder), *(theirs(folder, library) for library in THEIRS)):
        run_once(way)
        made.append(canonical(way.outputs[0]))
        way.remove()
    assert made[0].count("<TakeoffItem ") > ROWS
    assert made[0] == made[1] == made[2]


def canonical(path: Path) -> str:
    """A takeoff as canonical XML, but for who made it, and with sums as no order of adding up changes them."""
    from lxml import etree

    root = etree.parse(path, etree.XMLParser(remove_blank_text=True)).getroot()
    for element in root.iter("TotalQuantity", "TotalCost", "UnitCost"):
        element.text = f"{float(element.text):.9g}"
    root.find("ExportInfo/ExportedBy").text = ""
    return etree.tostring(root, method="c14n2").decode()


def test_packages_that_write_coco_files_are_measured() -> None:
    if not PYTHON.exists():
        missing("there is no build/readers; `make build/readers/.installed` makes it")
    command = [sys.executable, str(BENCHMARKS / "bench_peers.py"), "annotations", "--rows=60", "--rounds=1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ways = re.findall(r"^\| (\S.*?\S) +\| +1 \| +\d+\.\d\d \|", done.stdout, re.MULTILINE)
    assert [way.split()[0] for way in ways] == ["exporter", "exporter", "datumaro", "supervision"]


def test_postgresql_is_measured_and_leaves_no_database() -> None:
    server = os.environ.get("EXPORTER_TEST_POSTGRESQL")
    if not server:
        missing("EXPORTER_TEST_POSTGRESQL names no server (scripts/start_servers starts one)")
    before = bench_databases(server)  # another run's, at work at this moment or killed
    done = bench("postgresql", EXPORTER_TEST_POSTGRESQL=server)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\| psql \\copy to files, uncompressed +\| +1 \|.* 1\.00 \|$", done.stdout, re.MULTILINE)
    assert bench_databases(server) <= before


def bench_databases(server: str) -> set[str]:
    from sqlalchemy import create_engine

    engine = create_engine(server)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select datname from pg_database where datname like 'exporter\\_bench\\_%%'")
        names = set(found.scalars())
    engine.dispose()
    return names


def test_a_server_that_does_not_answer_ends_the_benchmark_in_words() -> None:
    done = bench("postgresql", EXPORTER_TEST_POSTGRESQL="postgresql+psycopg://nobody@127.0.0.1:9/none")
    assert done.returncode == 1
    assert "PostgreSQL could not create the database: " in done.stderr
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_run_here_is_said() -> None:
    done = bench("postgresql", "memory")
    assert done.returncode == 0
    assert "postgresql: skipped, neither --postgresql nor EXPORTER_TEST_POSTGRESQL names a server" in done.stderr
    assert "memory: skipped, it compares 200,000 rows with more" in done.stderr


def test_the_manual_has_a_place_for_every_figure() -> None:
    from bench_peers import PEERS  # type: ignore[import-not-found]
    from run import BENCHMARKS as RUN  # type: ignore[import-not-found]

    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    places = re.findall(r"^<!-- figures of (\w+): (begin|end) -->$", page, re.MULTILINE)
    peers = [f"peers_{name}" for name in PEERS]
    assert places == [(name, mark) for name in (*RUN, *peers) for mark in ("begin", "end")]


def test_figures_replace_those_of_the_same_benchmark(tmp_path: Path) -> None:
    from page import write  # type: ignore[import-not-found]

    page = tmp_path / "page.md"
    page.write_text("<!-- figures of a: begin -->\nold\n<!-- figures of a: end -->\n<!-- figures of b: begin -->\n")
    write(page, "a", "new")
    assert "old" not in page.read_text()
    assert "new\n\n<!-- figures of a: end -->\n<!-- figures of b: begin -->\n" in page.read_text()
    with pytest.raises(ValueError, match="figures of b: end"):
        write(page, "b", "new")


def sample(wall: float) -> Any:
    from measure import Sample  # type: ignore[import-not-found]

    return Sample(wall, wall, 1)


def test_a_way_with_fewer_rounds_is_compared_in_its_own() -> None:
    from measure import ratio

    samples = {"slow": [sample(10.0)], "quick": [sample(1.0), sample(5.0), sample(5.0)]}
    assert ratio(samples, "slow", "quick") == 10.0


def test_a_way_with_fewer_rounds_runs_in_the_first(tmp_path: Path) -> None:
    from measure import Way, interleaved

    count = [sys.executable, "-c", "import sys; open(sys.argv[1], 'a').write('x')"]
    ways = [Way("few", [*count, "few"], tmp_path, rounds=1), Way("all", [*count, "all"], tmp_path)]
    samples = interleaved(ways, 3)
    assert {name: len(found) for name, found in samples.items()} == {"few": 1, "all": 3}
    assert [(tmp_path / name).read_text() for name in ("few", "all")] == ["x", "xxx"]


def test_a_way_may_tell_the_seconds_of_one_step(tmp_path: Path) -> None:
    from measure import Way, run_once

    seconds = tmp_path / "seconds"
    way = Way(
        "slow to start",
        [sys.executable, "-c", "open('seconds', 'w').write('1234.5')"],
        tmp_path,
        (seconds,),
        seconds=seconds,
    )
    assert run_once(way).wall == 1234.5


def test_a_missing_row_is_an_error(tmp_path: Path) -> None:
    from measure import BenchmarkError, Way
    from ways import check_rows  # type: ignore[import-not-found]

    (tmp_path / "made.txt").write_text("1\n2\n3\n")
    way = Way("mine", [], tmp_path, (tmp_path / "made.txt",))
    check_rows((way,), {"event": 1, "occurrence": 2}, headers=0)
    with pytest.raises(BenchmarkError, match=r"mine wrote {'all': 3}; the database has {'all': 4}"):
        check_rows((way,), {"event": 1, "occurrence": 3}, headers=0)


def test_a_finding_ends_the_benchmark(tmp_path: Path) -> None:
    from dataset import build, config  # type: ignore[import-not-found]
    from measure import BenchmarkError
    from ways import check_sound, ours

    build(tmp_path / "bench.db", 40, "delete")
    (tmp_path / "exporter.toml").write_text(config("sqlite:///bench.db"), encoding="utf-8")
    check_sound(ours(tmp_path))
    connection = sqlite3.connect(tmp_path / "bench.db")
    connection.execute("update occurrences set latitude = 91 where id = 7")
    connection.commit()
    connection.close()
    with pytest.raises(BenchmarkError, match=r"found PRESUMED_SWAPPED_COORDINATE; there should be nothing to find"):
        check_sound(ours(tmp_path))


def test_a_demand_tells_its_limit_and_whether_it_is_met() -> None:
    from outcome import at_least, at_most  # type: ignore[import-not-found]

    assert at_most("a / b", 1.31, 1.3, aim=1.0).row() == ("a / b: at most 1.3 (aim: 1.0)", "1.31", "NO")
    assert at_least("a / b", 6.0, 6).row() == ("a / b: at least 6.0", "6.00", "yes")
