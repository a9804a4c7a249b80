"""`exporter map --family vision`: kinds, versions, labels, files and tags, and why some columns are not taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.mapping import draft

from .drafting import BOX, IMAGES, Drafted, annotations, host, only

pytest.importorskip("exporter_tabular.format")

# --- kinds, rotation, areas


def test_kinds_are_written_in_the_words_of_the_family(tmp_path: Path) -> None:
    rows = (
        "'bounding_box', 10, 20, 30, 40, null, 0",
        "'OBB', 10, 20, 30, 40, null, 30",
        "'Segment', 0, 0, 5, 5, '[1,1,5,1,5,5]', 0",
    )
    made = annotations(tmp_path, "type text, x int, y int, w int, h int, polygon text, angle real", *rows)
    assert only(made.rows("annotation"), "kind", "rotation") == [("box", "0.0"), ("rotated_box", "30.0"), ("", "0.0")]


def test_a_type_that_is_no_kind_of_shape_is_left(tmp_path: Path) -> None:
    made = annotations(tmp_path, "type text, x int, y int, w int, h int", "'manual', 1, 2, 30, 40")
    assert "kind" not in made.columns("annotation")


@pytest.mark.parametrize(
    ("columns", "row", "column", "why"),
    [
        (
            "x int, y int, w int, h int, angle real",
            "1, 2, 3, 4, 1.57",
            "angle",
            "they could be radians, and degrees are wanted",
        ),
        ("polygon text, angle real", "'[1, 1, 5, 1, 5, 5]', 30", "angle", "nothing gives a box that it could turn"),
        ("x int, y int, w int, h int, area real", "1, 2, 3, 4, 0.25", "area", "shares of the image, not pixels"),
        ("x int, y int, w int, h int, confidence int", "1, 2, 3, 4, 90", "confidence", "not all between 0 and 1: 90"),
        ("x int, y int, w int, h int, metadata text", "1, 2, 3, 4, 'none'", "metadata", "no JSON objects: 'none'"),
        (
            "x int, y int, w int, h int, source text",
            "1, 2, 3, 4, 'ana@example.org'",
            "source",
            "no names: 'ana@example.org'",
        ),
    ],
)
def test_why_a_column_of_an_annotation_is_left(tmp_path: Path, columns: str, row: str, column: str, why: str) -> None:
    assert annotations(tmp_path, columns, row).reasons()[column] == why


def test_small_whole_angles_are_degrees(tmp_path: Path) -> None:
    made = annotations(tmp_path, "x int, y int, w int, h int, angle real", "1, 2, 3, 4, 0", "1, 2, 3, 4, 5")
    assert [row["rotation"] for row in made.rows("annotation")] == ["0.0", "5.0"]


# --- versions and deletions

VERSIONS = """
create table annotations (
    id integer primary key, uid text, image_id int, class text, x int, y int, w int, h int, {columns}
);
insert into annotations values {rows};
"""


def versions(folder: Path, columns: str, *rows: str) -> Drafted:
    cells = ", ".join(
        f"({n}, {row.replace('/', ', 1, ' + repr('car') + ', 1, 2, 30, 40, ', 1)})" for n, row in enumerate(rows, 1)
    )
    return host(folder, IMAGES + VERSIONS.format(columns=columns, rows=cells))


def test_rows_that_are_versions_have_one_identifier(tmp_path: Path) -> None:
    columns = "revision int, job_id int, created_at text, replaced_at text"
    made = versions(
        tmp_path,
        columns,
        "'p'/1, 7, '2024-01-01 10:00:00', '2024-01-02 10:00:00'",
        "'p'/2, 8, '2024-01-02 10:00:00', null",
        "'q'/1, 7, '2024-01-01 10:00:00', null",
    )
    assert made.columns("annotation")["annotation_id"] == "uid"
    assert only(made.rows("annotation"), "annotation_id", "version") == [("p", "2"), ("q", "1")]
    past = made.rows("annotation", version_mode="timestamp", version_value="2024-01-01T12:00:00")
    assert only(past, "annotation_id", "version", "valid_from") == [
        ("p", "1", "2024-01-01T10:00:00"),
        ("q", "1", "2024-01-01T10:00:00"),
    ]
    assert only(made.rows("annotation", version_mode="job_version", version_value="7"), "version") == [("1",), ("1",)]


def test_rows_that_are_no_versions_do_not_begin(tmp_path: Path) -> None:
    rows = ("'p'/1, '2024-01-01 10:00:00'", "'q'/4, '2024-01-01 10:00:00'")
    made = versions(tmp_path, "version int, created_at text", *rows)
    assert made.columns("annotation")["annotation_id"] == "id"
    assert "valid_from" not in made.columns("annotation")


@pytest.mark.parametrize(
    ("columns", "rows", "why"),
    [
        (
            "is_deleted boolean, updated_at text",
            ("0, null", "1, '2024-01-02'", "1, null"),
            "updated_at, where is_deleted",
        ),
        ("deleted int", ("0", "1", "1"), "deleted; no column says when"),
        ("is_removed text", ("'false'", "'true'", "'true'"), "is_removed; no column says when"),
        ("deleted_at text", ("null", "'2024-01-02'", "'2024-01-03 10:00'"), ""),
        ("deleted text", ("null", "'2024-01-02'", "'2024-01-03 10:00'"), "by its name and values"),
    ],
)
def test_what_was_deleted_is_left_out(tmp_path: Path, columns: str, rows: tuple[str, ...], why: str) -> None:
    made = annotations(tmp_path, f"x int, y int, w int, h int, {columns}", *(f"1, 2, 3, 4, {row}" for row in rows))
    assert only(made.rows("annotation"), "annotation_id") == [("0",)]
    line = next(line for line in made.text.splitlines() if line.startswith("deleted_at = "))
    assert line.partition("  # ")[2] == why


# --- labels, images, tags


def test_a_class_by_its_name_leads_to_its_label(tmp_path: Path) -> None:
    more = "create table classes (id integer primary key, title text, color text); insert into classes values (7, 'car', 'red');"
    made = annotations(tmp_path, "x int, y int, w int, h int", "1, 2, 3, 4", more=more)
    assert only(made.rows("annotation"), "label_id") == [("7",)]
    assert "class_name" not in made.columns("annotation")
    assert made.reasons()["color"] == "no colours as #rrggbb: 'red'"


def test_labels_that_no_annotation_names_are_left(tmp_path: Path) -> None:
    more = "create table classes (id integer primary key, name text); insert into classes values (7, 'bus');"
    made = annotations(tmp_path, "x int, y int, w int, h int", "1, 2, 3, 4", more=more)
    assert "label" not in made.records
    assert made.rows("annotation")[0]["class_name"] == "car"
    assert "# No table was found for label: classes is named by no column of annotations." in made.text


def test_annotations_of_no_class_ask_for_one(tmp_path: Path) -> None:
    made = host(tmp_path, IMAGES + "create table boxes (id integer primary key, image_id int, x int, y int, w int, h int);"
                "insert into boxes values (1, 1, 1, 2, 3, 4);")  # fmt: skip
    assert "# class_name = \"'object'\"  # needed: of what class they are: nothing here tells it" in made.text


def test_what_others_refer_to_identifies_and_needs_no_join(tmp_path: Path) -> None:
    script = """
    create table images (id integer primary key, uid text unique, path text);
    create table boxes (
        id integer primary key, image_uid text references images (uid), class text, x int, y int, w int, h int
    );
    insert into images values (1, 'i-1', 'a.jpg');
    insert into boxes values (1, 'i-1', 'car', 1, 2, 3, 4);
    """
    made = host(tmp_path, script)
    assert made.columns("image")["image_id"] == "uid"
    assert made.records["annotation"]["table"] == "boxes"
    assert only(made.rows("annotation"), "image_id") == [("i-1",)]


def test_an_image_by_its_name(tmp_path: Path) -> None:
    script = """create table boxes (id integer primary key, filename text, class text, x int, y int, w int, h int);
        insert into boxes values (1, 'b.jpg', 'car', 1, 2, 3, 4);"""
    assert only(host(tmp_path, IMAGES + script).rows("annotation"), "image_id") == [("2",)]


def test_annotations_of_images_that_are_not_there_are_none(tmp_path: Path) -> None:
    script = """create table boxes (id integer primary key, filename text, class text, x int, y int, w int, h int);
        insert into boxes values (1, 'z.jpg', 'car', 1, 2, 3, 4);"""
    made = host(tmp_path, IMAGES + script)
    assert made.records == {}
    assert "# No table was found for annotation: boxes names no image." in made.text


@pytest.mark.parametrize("declared", ["references images", ""], ids=["declared", "not declared"])
def test_a_table_of_any_name_with_boxes_and_a_key_of_images(tmp_path: Path, declared: str) -> None:
    script = f"""create table wounds (id integer primary key, image_id int {declared}, x1 int, y1 int, x2 int, y2 int);
        insert into wounds values (1, 1, 1, 2, 3, 4);"""
    assert ("annotation" in host(tmp_path, IMAGES + script).records) is bool(declared)


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("path", "a/b.jpg", True),
        ("file_name", "b.JPEG", True),
        ("storage_key", "ab/cd/ef0123", True),
        ("url", "https://example.org/a.png?size=1", True),
        ("name", "IMG_1.tif", True),
        ("name", "a holiday", False),
        ("path", "a/b.docx and more", False),
        ("notes", "b.jpg", False),
    ],
)
def test_names_of_files(tmp_path: Path, name: str, value: str, taken: bool) -> None:
    script = f"""create table images (id integer primary key, {name} text, subset text);
        insert into images values (1, '{value}', 'Dev');
        create table boxes (id integer primary key, image_id int references images, class text, x int, y int, w int, h int);"""
    made = host(tmp_path, script)
    assert ("image" in made.records) is taken
    assert not taken or (made.columns("image")["path"], made.columns("image")["split"]) == (name, "subset")


def test_addresses_of_images_are_said_to_be_some(tmp_path: Path) -> None:
    made = annotations(
        tmp_path, "x int, y int, w int, h int", "1, 2, 3, 4", more="update images set path = 'https://example.org/' || path;"
    )
    assert 'path = "path"  # addresses, and files are only taken from a folder' in made.text


def test_data_sets_and_tags_by_two_keys_alone(tmp_path: Path) -> None:
    script = """
    create table projects (id integer primary key, title text);
    create table datasets (id integer primary key, project_id int references projects, name text);
    create table photos (
        id integer primary key, dataset_id int references datasets, file text, taken_at text, format text, size int
    );
    create table tags (id integer primary key, name text, category text);
    create table xref (photo int references photos, tag int references tags);
    create table visits (photo int references photos, visitor int);
    insert into projects values (1, 'P');
    insert into datasets values (5, 1, 'D');
    insert into photos values (1, 5, 'a/1.jpg', '2024-01-01 10:00', 'image/jpeg', 9), (2, 5, 'a/2.jpg', null, 'image/png', 8);
    insert into tags values (1, 'sea', 'place'), (2, 'sun', 'weather');
    insert into xref values (1, 1), (1, 2), (2, 2);
    """
    made = host(tmp_path, script)
    assert list(made.records) == ["project", "dataset", "tag", "image", "image_tag"]
    assert only(made.rows("image_tag"), "image_id", "tag_id") == [("1", "1"), ("1", "2"), ("2", "2")]
    assert only(made.rows("image"), "dataset_id", "captured", "media_type", "file_size")[0] == (
        "5", "2024-01-01T10:00", "image/jpeg", "9",
    )  # fmt: skip
    assert only(made.rows("tag"), "tag_category_id", "name") == [("place", "sea"), ("weather", "sun")]
    assert only(made.rows("dataset"), "project_id", "name") == [("1", "D")]


def test_any_name_is_quoted_where_it_has_to_be(tmp_path: Path) -> None:
    script = """
    create table "My Images" ("Image ID" text primary key, "File Name" text, "Width" int);
    create table "my detections" ("Image ID" text, "Class Name" text, "x min" real, "y min" real, "x max" real, "y max" real,
        "is deleted" int);
    create table "my 'polygons'" ("Annotation ID" integer primary key, "Image ID" text, "the class" text, "Points" text, "or" int);
    insert into "My Images" values ('i 1', 'a b.jpg', 10);
    insert into "my detections" values ('i 1', 'it''s', 1, 2, 3, 4, 0), ('i 1', 'b', 1, 2, 3, 4, 1);
    insert into "my 'polygons'" values (1, 'i 1', 'b', '[1,1,5,1,5,5]', 1);
    """
    rows = host(tmp_path, script).rows("annotation")
    assert only(rows, "annotation_id", "image_id", "class_name", *BOX) == [
        ("my 'polygons'-1", "i 1", "", "", "", "", ""),
        ("my detections-1", "i 1", "it's", "1.0", "2.0", "2.0", "2.0"),
    ]


def test_two_drafts_do_not_differ(tmp_path: Path) -> None:
    annotations(tmp_path, "x int, y int, w int, h int", "1, 2, 3, 4")
    url = f"sqlite:///{tmp_path / 'host.db'}"
    assert draft(url, "vision").text == draft(url, "vision").text
