"""The figure: what is drawn is what is written, where it is; whatever the data holds, it is drawn, and the same each time."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from sqlalchemy import Engine, column, create_engine, make_url, select, table, text
from sqlalchemy.pool import NullPool

import exporter
from exporter import RecordSource, Source
from exporter.errors import InputError
from exporter.lookup import find_source
from exporter.vision import numbers
from exporter.vision.sheet import draw, photos, survey
from exporter_coco.format import Coco

from .documents import SQUARE, drawn, image, source
from .pictures import LOOKS, SEA, Shown, figure, file, mask, pixels, told, turned, words
from .pictures import drawn as exported

RED, GREEN = (221, 34, 34), (17, 170, 51)
LABELS = [
    {
        "label_id": 3,
        "class_name": "car",
        "colour": "#dd2222",
        "keypoints": '["a", "b", "c"]',
        "skeleton": "[[1, 2], [2, 3]]",
    },
    {"label_id": 7, "class_name": "tree", "colour": "#11aa33", "keypoints": None, "skeleton": None},
]
BIG = "[[20, 20], [80, 20], [80, 60], [20, 60]]"
DONUT = "POLYGON ((20 20, 80 20, 80 60, 20 60, 20 20), (40 30, 40 50, 60 50, 60 30, 40 30))"


def one(*rows: dict[str, Any], **more: Any) -> Source:
    """A source of one image of a hundred by eighty pixels."""
    found: Source = source(rows or [drawn(geometry=BIG)], **{"label": LABELS, "files": {"1.jpg": file()}, **more})
    return found


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")


# --- shapes


def test_an_outline_is_where_it_is_and_in_its_labels_colour(tmp_path: Path) -> None:
    shown = Shown.of(figure(tmp_path, one()))
    for x, y in ((20, 40), (80, 40), (50, 60), (50, 20), (35, 60)):
        assert shown.near(x, y, RED)
    inside, outside = np.array(shown.at(50, 45)), shown.at(90, 70)
    assert outside == pytest.approx(SEA, abs=2)
    assert inside == pytest.approx(0.78 * np.array(SEA) + 0.22 * np.array(RED), abs=6)


@pytest.mark.parametrize("kind", [".png", ".svg", ".pdf"])
def test_a_hole_is_empty(kind: str, tmp_path: Path) -> None:
    made = figure(tmp_path, one(drawn(geometry=DONUT)), f"o{kind}")
    if kind == ".png":
        shown = Shown.of(made)
        assert shown.at(50, 40) == pytest.approx(SEA, abs=2)
        assert shown.at(30, 40) != pytest.approx(SEA, abs=10)
        assert shown.near(40, 40, RED)
    elif kind == ".svg":
        assert "evenodd" not in made.read_text(encoding="utf-8")  # so that it is the rings' direction that counts


@pytest.mark.parametrize(
    "ring", ["20 20, 80 20, 80 60, 20 60, 20 20", "20 20, 20 60, 80 60, 80 20, 20 20"], ids=["one way", "the other"]
)
@pytest.mark.parametrize(
    "hole", ["40 30, 40 50, 60 50, 60 30, 40 30", "40 30, 60 30, 60 50, 40 50, 40 30"], ids=["one way", "the other"]
)
def test_holes_are_empty_whichever_way_their_rings_go(ring: str, hole: str, tmp_path: Path) -> None:
    shown = Shown.of(figure(tmp_path, one(drawn(geometry=f"POLYGON (({ring}), ({hole}))"))))
    assert shown.at(50, 40) == pytest.approx(SEA, abs=2)


def test_a_mask_is_tinted_within_its_rim(tmp_path: Path) -> None:
    shown = Shown.of(figure(tmp_path, one(drawn(geometry=mask(80, 100, 20, 30, 60, 70)))))
    assert shown.at(50, 45) == pytest.approx(0.58 * np.array(SEA) + 0.42 * np.array(RED), abs=6)
    assert shown.near(30.3, 40, RED)
    assert shown.at(25, 40) == pytest.approx(SEA, abs=2)


def test_a_rotated_box_is_turned(tmp_path: Path) -> None:
    row = drawn(geometry=None, kind="rotated_box", bbox_x=30, bbox_y=30, bbox_width=40, bbox_height=20, rotation=90)
    shown = Shown.of(figure(tmp_path, one(row)))
    assert shown.near(40, 40, RED)
    assert shown.near(60, 40, RED)
    assert shown.at(32, 40) == pytest.approx(SEA, abs=2)


def test_key_points_that_are_there_are_joined(tmp_path: Path) -> None:
    row = drawn(geometry=None, kind="keypoints", keypoints="[20, 20, 2, 80, 20, 1, 80, 70, 0]")
    shown = Shown.of(figure(tmp_path, one(row)))
    assert shown.near(50, 20, RED)
    assert shown.at(80, 45) == pytest.approx(SEA, abs=2)
    assert shown.at(20, 20) == pytest.approx(RED, abs=30)
    assert shown.at(80, 20) == pytest.approx((255, 255, 255), abs=30)


def test_detection_shows_boxes_alone(tmp_path: Path) -> None:
    ring = "[[20, 20], [80, 20], [20, 60]]"
    of = one(drawn(geometry=ring))
    assert Shown.of(figure(tmp_path, of)).at(78, 58) == pytest.approx(SEA, abs=2)
    boxes = Shown.of(figure(tmp_path, of, options={"export_mode": "detection"}))
    assert boxes.near(80, 50, RED)
    bare = figure(tmp_path, of, options={"export_mode": "detection", "include_bbox_from_segmentation": False})
    assert not Shown.of(bare).near(80, 50, RED)


def test_shapes_lie_on_the_image_as_people_see_it(tmp_path: Path) -> None:
    """Its upper half is red, whatever the file's pixels are, and in whatever frame the artifact is."""
    of = one(
        drawn(geometry="[[10, 60], [70, 60], [70, 90], [10, 90]]", label=7),
        images=[image(width=80, height=100, orientation=6)],
        files={"1.jpg": turned(100, 80, 6)},
    )
    for frame in ("displayed", "stored"):
        whole = pixels(figure(tmp_path, of, options={"frame": frame}))
        rows, columns = np.nonzero(np.abs(whole - (255, 0, 0)).max(axis=2) < 12)
        top, low, left, right = rows.min(), rows.max(), columns.min(), columns.max()
        assert (low - top) / (right - left) == pytest.approx(50 / 80, abs=0.02)
        below = whole[low + 6 : low + 6 + (low - top), left:right]
        assert np.abs(below[int(0.1 * len(below)), 20] - SEA).max() < 12
        assert (np.abs(below[int(0.18 * len(below)) : int(0.24 * len(below)), 200] - GREEN).max(axis=1) < 50).any()


def test_what_no_label_colours_has_a_colour_by_its_number(tmp_path: Path) -> None:
    labels = [{"label_id": 2, "class_name": "van", "colour": "mauve"}]
    shown = Shown.of(figure(tmp_path, one(drawn(geometry=BIG, label=2), label=labels)))
    assert shown.near(20, 40, (0x56, 0xB4, 0xE9))


# --- texts


def test_classes_have_tags_bars_and_counts(tmp_path: Path) -> None:
    rows = [drawn(i, geometry=BIG) for i in range(1, 6)] + [drawn(6, geometry=SQUARE, label=7)]
    found = words(tmp_path, one(*rows))
    assert found[:2] == ["annotated: COCO", "1 image, 6 annotations, 0 findings"]
    assert found.count("tree") == 2
    assert found.count("car") >= 2
    assert "6 annotations of 2 classes" in found
    assert found.index("5") < found.index("1")
    assert "1.jpg" in found


def test_a_tag_has_its_place_within_the_image_or_none(tmp_path: Path) -> None:
    """Twenty shapes at one spot leave room for few names; and no name is written over another."""
    rows = [drawn(i, geometry="[[0, 0], [100, 0], [100, 80], [0, 80]]") for i in range(1, 21)]
    assert 2 <= words(tmp_path, one(*rows)).count("car") - 1 < 20
    shown = Shown.of(figure(tmp_path, one(drawn(geometry="[[99, 0], [100, 0], [100, 1], [99, 1]]"))))
    assert shown.part.shape[1] / shown.part.shape[0] == pytest.approx(100 / 80, abs=0.02)


def test_splits_are_marked_and_counted(tmp_path: Path) -> None:
    images = [image(1, split="train"), image(2, split="test"), image(3, split="none")]
    rows = [drawn(1, 1), drawn(2, 1), drawn(3, 2), drawn(4, 3, label=7)]
    of = source(rows, images, label=LABELS)
    found = words(tmp_path, of)
    assert [w for w in found if w in ("train", "val", "test", "no split")] == ["train", "test", "train", "test", "no split"]
    assert "car 3 (train 2, test 1); tree 1 (none 1)." in told(tmp_path, of)


@pytest.mark.parametrize("way", ["hash", "file"])
def test_splits_are_those_of_the_option(way: str, tmp_path: Path) -> None:
    """An image that a file of splits leaves out is not shown, and nothing on it is counted."""
    images = [image(i, split="train") for i in range(1, 5)]
    (tmp_path / "splits.csv").write_text("image_id,split\n1,val\n2,test\n3,none\n")
    by = "hash:0,0,1" if way == "hash" else str(tmp_path / "splits.csv")
    of = source([drawn(i, i) for i in range(1, 4)], images, label=LABELS)
    options = {"split_by": by, "layout": "splits"}
    said = told(tmp_path, of, options=options)
    assert ("car 3 (test 3)" if way == "hash" else "car 2 (val 1, test 1)") in said
    assert ("4.jpg" in words(tmp_path, of, options=options)) == (way == "hash")


def test_long_names_lose_their_middle(tmp_path: Path) -> None:
    of = one(images=[image(path="begin/" + "x" * 200 + "-end.png")], files={})
    (name,) = [w for w in words(tmp_path, of) if w.startswith("begin")]
    assert name.endswith("-end.png")
    assert "…" in name


def test_thirty_classes_are_fifteen_and_others(tmp_path: Path) -> None:
    labels = [{"label_id": i, "class_name": f"class {i}"} for i in range(1, 31)]
    rows = [drawn(100 * i + k, label=i) for i in range(1, 31) for k in range(31 - i)]
    found = words(tmp_path, one(*rows, label=labels))
    assert "15 others" in found
    assert "465 annotations of 30 classes" in found
    assert str(sum(range(1, 16))) in found
    assert "class 15" in found[found.index("Classes") :]
    assert "class 16" not in found[found.index("Classes") :]


def test_a_log_scale_is_told(tmp_path: Path) -> None:
    few = [drawn(i) for i in range(1, 101)] + [drawn(101, label=7)]
    assert not any("log scale" in w for w in words(tmp_path, one(*few)))
    found = words(tmp_path, one(*few, drawn(102)))
    assert "102 annotations of 2 classes, log scale" in found
    assert [w for w in found if w in ("1", "10", "100")][:3] == ["1", "10", "100"]


NAMES = (
    "αυτοκίνητο", "автомобиль", "汽车", "자동차", "🚗", "🚗 car", "سيارة",
    "\u202e\u200b", "a\nb\t\x07", "x" * 300, "$x^2$", "<b>--></b>",
)  # fmt: skip


def test_class_names_of_any_script(tmp_path: Path) -> None:
    labels = [{"label_id": i, "class_name": name, "colour": "#fff"} for i, name in enumerate(NAMES, 1)]
    rows = [drawn(i, label=i, geometry=f"[[{i * 7}, 10], [{i * 7 + 5}, 10], [{i * 7 + 5}, 60]]") for i in range(1, 13)]
    of = one(*rows, label=labels)
    found = words(tmp_path, of)
    assert {"αυτοκίνητο", "автомобиль", "$x^2$"} <= set(found)
    for kind in (".png", ".pdf"):
        assert figure(tmp_path, of, f"o{kind}").stat().st_size > 10_000


# --- images


def test_images_are_chosen_evenly_and_those_with_shapes_first(tmp_path: Path) -> None:
    images = [image(i, path=f"i{i:03d}.jpg") for i in range(1, 101)]
    of = source([drawn(i, i) for i in range(2, 101, 2)], images, label=LABELS)
    shown = [int(w[1:4]) for w in words(tmp_path, of) if w.startswith("i") and w.endswith(".jpg")]
    assert len(shown) == 12
    assert (shown[0], shown[-1]) == (2, 100)
    assert all(n % 2 == 0 for n in shown)
    assert {b - a for a, b in pairwise(shown)} <= {8, 10}
    few = source([drawn(1, 50)], images, label=LABELS)
    shown = [int(w[1:4]) for w in words(tmp_path, few) if w.startswith("i") and w.endswith(".jpg")]
    assert len(shown) == 12
    assert {1, 50, 100} <= set(shown)


def test_images_are_those_that_are_written(tmp_path: Path) -> None:
    images = [image(i, width=100 * i) for i in range(1, 5)]
    found = words(tmp_path, source([drawn(1, 1), drawn(2, 4)], images, label=LABELS), filters={"width_min": 200})
    assert [w for w in found if w.endswith(".jpg")] == ["2.jpg", "3.jpg", "4.jpg"]
    assert "1 annotation of 1 class" in found


def test_places_of_rows_do_as_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither identifiers nor keys are whole numbers, images are found by their places all the same."""
    images = [image(i, image_id=f"i{i}") for i in range(1, 31)]
    of = source([drawn(i, on=f"i{i}", geometry=BIG) for i in range(1, 31)], images, label=LABELS)
    as_numbers = words(tmp_path, of)
    monkeypatch.setattr(numbers, "_are_numbers", lambda *_: False)
    assert words(tmp_path, of) == as_numbers
    assert as_numbers.count("car") == 13


BROKEN: Mapping[str, bytes] = {
    "missing": b"",
    "empty": b"",
    "text": b"no image at all",
    "cut": file(kind="JPEG")[:300],
    "huge": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0" + b"\0" * 20,
}


@pytest.mark.parametrize("what", BROKEN)
def test_without_an_image_shapes_are_on_grey(what: str, tmp_path: Path) -> None:
    of = one(files={} if what == "missing" else {"1.jpg": BROKEN[what]})
    shown = Shown.of(figure(tmp_path, of), (0xE4, 0xE8, 0xEC))
    assert shown.part.shape[1] / shown.part.shape[0] == pytest.approx(100 / 80, abs=0.02)
    assert shown.near(20, 40, RED)
    assert any("file not readable" in w for w in words(tmp_path, of))


def test_a_source_without_media(tmp_path: Path) -> None:
    of = one(files=None)
    assert Shown.of(figure(tmp_path, of), (0xE4, 0xE8, 0xEC)).near(20, 40, RED)
    found = words(tmp_path, of)
    assert "the source gives no image files" in found
    assert not any("not readable" in w for w in found)


@pytest.mark.parametrize(
    ("made", "seen"),
    [
        (file(mode="RGBA", colour=(*SEA, 255)), SEA),
        (file(mode="RGBA", colour=(*SEA, 0)), (255, 255, 255)),
        (file(mode="P", colour=0), (0, 0, 0)),
        (file(mode="L", colour=90), (90, 90, 90)),
        (file(mode="CMYK", colour=(0, 0, 0, 0), kind="TIFF"), (255, 255, 255)),
        (file(mode="I;16", colour=700, kind="TIFF"), (0, 0, 0)),
        (file(mode="F", colour=0.5, kind="TIFF"), (0, 0, 0)),
        (file(3000, 2400, kind="JPEG", quality=95), SEA),
    ],
    ids=["opaque", "transparent", "palette", "grey", "inks", "16 bits", "fractions", "large"],
)
def test_images_of_any_kind(made: bytes, seen: tuple[int, int, int], tmp_path: Path) -> None:
    of = one(drawn(geometry="[[1, 1], [2, 1], [2, 2]]"), files={"1.jpg": made})
    assert photos.photo(of, "1.jpg", 50, 40)[20, 25] == pytest.approx(seen, abs=3)  # type: ignore[index]
    assert not any("not readable" in w for w in words(tmp_path, of))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_undone(orientation: int) -> None:
    """As Pillow itself undoes it, on the whole image."""
    import io

    from PIL import Image, ImageOps

    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    given = Image.fromarray((np.arange(40 * 60 * 3) % 251).astype(np.uint8).reshape(40, 60, 3))
    given.save(stream, "PNG", exif=exif)
    with Image.open(stream) as read:
        right = np.asarray(ImageOps.exif_transpose(read))
    of = one(files={"1.jpg": stream.getvalue()})
    assert photos.size(of, "1.jpg") == (right.shape[1], right.shape[0])
    assert (photos.photo(of, "1.jpg", right.shape[1], right.shape[0]) == right).all()


def test_a_size_that_nobody_told_is_that_of_the_file(tmp_path: Path) -> None:
    unknown = [image(width=None, height=None)]
    assert Shown.of(figure(tmp_path, one(images=unknown))).near(20, 40, RED)
    blank = Shown.of(figure(tmp_path, one(images=unknown, files=None)), (0xE4, 0xE8, 0xEC), 80, 60)
    assert blank.near(20, 40, RED)


def test_nothing_to_draw_is_told_in_words(tmp_path: Path) -> None:
    bare = source([drawn()], [image()], label=LABELS, files={"1.jpg": file()})
    found = words(tmp_path, bare, filters={"labels": ["tree"]})
    assert "No annotations" in found
    assert "1.jpg" in found
    found = words(tmp_path, bare, filters={"search": "no such name"})
    assert {"No images", "No annotations"} <= set(found)


def test_coordinates_that_lead_nowhere(tmp_path: Path) -> None:
    rows = [
        drawn(1, geometry="[[-1e300, 10], [20, 10], [20, 1e300]]"),
        drawn(2, geometry="[[1e18, 1e18], [2e18, 1e18], [2e18, 2e18]]"),
        drawn(3, geometry=None, kind="keypoints", keypoints="[1e200, -1e200, 2]"),
        drawn(4, geometry="[[5, 5], [5.0001, 5], [5, 5.0001]]"),
        drawn(5, geometry=BIG),
    ]
    for kind in (".png", ".svg", ".pdf"):
        figure(tmp_path, one(*rows), f"o{kind}")
    assert Shown.of(tmp_path / "o.png").near(80, 40, RED)


def test_more_shapes_than_can_be_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST_SHAPES", 5)
    found = words(tmp_path, one(*(drawn(i, geometry=BIG) for i in range(1, 10))))
    assert any("4 shapes more" in w for w in found)
    assert "9 annotations of 1 class" in found


# --- the run


def test_the_run_does_not_notice(tmp_path: Path) -> None:
    """What is read once more is neither counted nor found twice."""
    rows = [drawn(1), drawn(2, geometry="[1, 2]"), drawn(3, label=99), drawn(4, geometry="[90, 10, 110, 10, 110, 20]")]
    labels = [*LABELS, {**LABELS[1], "label_id": 8, "class_name": ""}]
    reports = []
    for name in ("bare", "drawn"):
        figures = {"figure": tmp_path / "o.svg"} if name == "drawn" else {}
        result = exporter.run(
            format="coco", source=one(*rows, label=labels), output=tmp_path / f"{name}.zip", keep_going=True, **figures
        )
        reports.append((result.report.records, result.report.findings))
    assert reports[0] == reports[1]
    assert (tmp_path / "bare.zip").read_bytes() == (tmp_path / "drawn.zip").read_bytes()


def test_annotations_left_out_for_their_shape_are_told(tmp_path: Path) -> None:
    found = words(tmp_path, one(drawn(1), drawn(2, geometry="[[1, 2], [3, 4]]")))
    assert "1 image, 1 annotation (1 left out), 1 finding" in found
    assert "2 annotations of 1 class, 1 of them left out later" in found
    assert "SHAPE_TOO_FEW_POINTS" in found


def test_a_preview_has_a_figure_and_writes_nothing_else(tmp_path: Path) -> None:
    exporter.preview(format="coco", source=one(), figure=tmp_path / "p.svg")
    text = (tmp_path / "p.svg").read_text(encoding="utf-8")
    assert "<!-- Preview: 1 image, 1 annotation, 0 findings -->" in text
    assert [p.name for p in tmp_path.iterdir()] == ["p.svg"]


def test_what_decides_the_bytes_is_in_the_report(tmp_path: Path) -> None:
    assert {"matplotlib", "Pillow"} <= set(exported(tmp_path, one()).report.versions)


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *_: None if name == "matplotlib" else pytest.fail(name))
    with pytest.raises(InputError, match=r"matplotlib.*\n.*exporter-coco\[figures\]"):
        figure(tmp_path, one())
    assert list(tmp_path.iterdir()) == []


class Classified(Coco):
    """A format whose images have classes, and that writes no shapes."""

    def exporter_figure(self, ctx: Any, tables: Any, file: Path) -> str:
        def classes(ctx: Any, tables: Any) -> Iterator[tuple[int, str, list[str]]]:
            yield from [(1, "train", ["day", "rain"]), (2, "val", ["night"])]

        return draw(ctx, tables, file, classified=classes)


def test_classes_of_images(tmp_path: Path) -> None:
    of = source([drawn(1, 1), drawn(2, 3)], [image(i) for i in range(1, 4)], label=LABELS)
    exporter.run(format=Classified(), source=of, output=tmp_path / "o.zip", figure=tmp_path / "o.svg")
    text = (tmp_path / "o.svg").read_text(encoding="utf-8")
    assert [text.count(f"<!-- {name} -->") for name in ("day", "rain", "night", "car")] == [2, 2, 2, 0]
    assert "<!-- 3 classes, 3 times given -->" in text
    assert "<!-- 3.jpg -->" not in text


# --- on every database


SERVERS = {"postgresql": "EXPORTER_TEST_POSTGRESQL", "mariadb": "EXPORTER_TEST_MARIADB"}


@pytest.fixture(params=["sqlite", *SERVERS])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'host.db'}", poolclass=NullPool)
        yield made
        made.dispose()
        return
    variable = SERVERS[request.param]
    if variable not in os.environ:
        pytest.skip(f"{variable} is not set")
    server = create_engine(os.environ[variable], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"exporter_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    made = create_engine(make_url(os.environ[variable]).set(database=name), poolclass=NullPool)
    try:
        yield made
    finally:
        made.dispose()
        with server.connect() as connection:
            connection.execute(text(f"drop database {name}"))
        server.dispose()


@pytest.mark.parametrize("keys", ["integer", "uuid"])
def test_the_figure_is_the_same_on_every_database(engine: Engine, keys: str, tmp_path: Path) -> None:
    """Also where keys are of a type that only the database knows."""
    found = words(tmp_path, _host(engine, keys))
    assert [w for w in found if w.endswith(".jpg")] == [f"{n}.jpg" for n in (1, 3, 6, 8, 11, 13, 16, 18, 21, 23, 26, 28)]
    assert "12 annotations of 1 class" in found
    assert found.count("car") == 13


def _host(engine: Engine, keys: str) -> Source:
    """Thirty images; those of a number that leaves 1 or 3 when divided by 5 have one annotation each."""
    native = engine.dialect.name == "postgresql" and keys == "uuid"
    type = "integer" if keys == "integer" else "uuid" if native else "char(36)"
    with engine.begin() as connection:
        connection.execute(text(f"create table pictures (id {type} primary key, path varchar(20), w integer, h integer)"))
        connection.execute(
            text(f"create table marks (id integer primary key, picture {type}, name varchar(20), shape text)")
        )
        connection.execute(text("create index marks_picture on marks (picture)"))
        for number in range(1, 31):
            id = str(number) if keys == "integer" else f"'{uuid.UUID(int=number)}'"
            connection.execute(text(f"insert into pictures values ({id}, '{number}.jpg', 100, 80)"))
        wanted = [n for n in range(1, 31) if n % 5 in (1, 3)]
        for number, on in enumerate(wanted, 1):
            id = str(on) if keys == "integer" else f"'{uuid.UUID(int=on)}'"
            connection.execute(text(f"insert into marks values ({number}, {id}, 'car', '{BIG}')"))
    pictures = table("pictures", *map(column, ("id", "path", "w", "h"))).c
    marks = table("marks", *map(column, ("id", "picture", "name", "shape"))).c
    images = select(pictures.id.label("image_id"), pictures.path, pictures.w.label("width"), pictures.h.label("height"))
    drawn = select(
        marks.id.label("annotation_id"),
        marks.picture.label("image_id"),
        marks.name.label("class_name"),
        marks.shape.label("geometry"),
    )
    records = {"image": RecordSource(images, key=pictures.id), "annotation": RecordSource(drawn, key=marks.id)}
    return Source(name="host", family="vision", url=engine.url.render_as_string(hide_password=False), records=records)


# --- pictures to look at


def _without_media(of: Source) -> Source:
    return attrs.evolve(of, media=None)


def _classes_of_any_script(of: Source) -> Source:
    rows = [
        drawn(100 * i + k, 1 + k % 7, label=i, geometry=f"[{5 * i}, {8 * k % 60}, {5 * i + 4}, 5, {5 * i}, 70]")
        for i in range(1, 13)
        for k in range(1 + 3 * (i % 4) ** 4)
    ]
    labels = [{"label_id": i, "class_name": name} for i, name in enumerate(NAMES, 1)]
    sizes = [(100, 80), (60, 100), (300, 100), (100, 100), (100, 600), (120, 80), (90, 90)]
    images = [
        image(i, path=f"folder/{'very ' * i}long name {i}.png", width=w, height=h, split=("train", "val", "test")[i % 3])
        for i, (w, h) in enumerate(sizes, 1)
    ]
    files = {each["path"]: file(each["width"], each["height"]) for each in images[:5]}
    return source(rows, images, label=labels, files=files)


STREETS: dict[str, tuple[Any, dict[str, Any]]] = {
    "street-1": (lambda of: of, {"project": 1}),
    "street-2": (lambda of: of, {"project": 2, "options": {"layout": "splits"}}),
    "street-both": (lambda of: of, {"options": {"layout": "splits", "split_by": "hash:0.8,0.1,0.1"}}),
    "street-boxes": (lambda of: of, {"project": 1, "options": {"export_mode": "detection"}}),
    "street-no-media": (_without_media, {"project": 1}),
    "street-night": (lambda of: of, {"project": 1, "filters": {"tag_ids": [11]}}),
    "street-one": (lambda of: of, {"project": 1, "filters": {"image_uids": ["7"]}}),
    "street-nothing": (lambda of: of, {"project": 1, "filters": {"search": "no such name"}}),
    "classes-of-any-script": (_classes_of_any_script, {}),
    "one-donut": (lambda of: one(drawn(geometry=DONUT)), {}),
}


@pytest.mark.parametrize("case", STREETS)
def test_every_case_is_drawn(case: str, tmp_path: Path) -> None:
    LOOKS.mkdir(parents=True, exist_ok=True)
    change, more = STREETS[case]
    exporter.run(
        format="coco",
        source=change(find_source("sample:street")),
        output=tmp_path / "o.zip",
        figure=LOOKS / f"{case}.png",
        force=True,
        keep_going=True,
        **more,
    )
    seen = pixels(LOOKS / f"{case}.png")
    assert seen.shape[1] == 1600
    ink = seen.min(axis=2) < 245
    margin = 56
    for side in (ink[:margin], ink[-margin:], ink[:, :margin], ink[:, -margin:]):
        assert not side.any(), "something reaches into the margin"
    assert ink.mean() > 0.005


def test_the_street_in_numbers(tmp_path: Path) -> None:
    """The bars are those of the file that is written."""
    import zipfile
    from collections import Counter

    said = told(tmp_path, find_source("sample:street"), project=1)
    with zipfile.ZipFile(tmp_path / "o.zip") as archive:
        document = json.loads(archive.read("annotations.json"))
    names = {c["id"]: c["name"] for c in document["categories"]}
    counts = Counter(names[a["category_id"]] for a in document["annotations"])
    assert all(f"{name} {count} (" in said for name, count in counts.items())
    assert f"{len(document['annotations'])} annotations of {len(counts)} classes" in said
