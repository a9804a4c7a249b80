"""`exporter map --family vision`: databases in the style of annotation platforms, and the rows that their drafts write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import exporter
from exporter.cli.authoring import map_command
from exporter.cli.run import run_command
from exporter.config import read_config
from exporter.errors import InputError

from .drafting import BOX, host, only

pytest.importorskip("exporter_tabular.format")

# --- COCO in tables

COCO = """
create table images (
    id integer primary key, file_name text, width integer, height integer, date_captured text, license integer, category text
);
create table categories (id integer primary key, name text, supercategory text);
create table annotations (
    id integer primary key, image_id integer references images, category_id integer references categories,
    bbox text, segmentation text, area real, iscrowd integer
);
insert into images values (1, 'a/1.jpg', 640, 480, '2013-11-14 17:02:52', 3, 'street'), (2, '2.jpg', 640, 480, null, 1, null);
insert into categories values (1, 'person', 'person'), (18, 'dog', 'animal');
insert into annotations values
    (1, 1, 1, '[10.5, 20, 100, 200]', '[[10.5, 20, 110.5, 20, 110.5, 220]]', 10000, 0),
    (2, 1, 18, '[0, 0, 50, 1]', '{"size": [480, 640], "counts": [0, 50, 307150]}', 50, 1),
    (3, 2, 18, '[300, 200, 20, 10]', '[]', 200, 0);
"""


def test_coco_in_tables(tmp_path: Path) -> None:
    made = host(tmp_path, COCO)
    assert list(made.records) == ["label", "image", "annotation"]
    assert only(made.rows("image"), "image_id", "path", "width", "captured") == [
        ("1", "a/1.jpg", "640", "2013-11-14T17:02:52"),
        ("2", "2.jpg", "640", ""),
    ]
    rows = made.rows("annotation")
    assert only(rows, "annotation_id", "image_id", "label_id", *BOX) == [
        ("1", "1", "1", "10.5", "20", "100", "200"),
        ("2", "1", "18", "0", "0", "50", "1"),
        ("3", "2", "18", "300", "200", "20", "10"),
    ]
    assert only(rows, "geometry", "area", "iscrowd")[1] == (
        '{"size": [480, 640], "counts": [0, 50, 307150]}',
        "50.0",
        "true",
    )
    assert made.rows("label")[1] == {"label_id": "18", "class_name": "dog", "supercategory": "animal"}


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (("a.jpg", "a.jpg"), "folder || '/' || filename"),
        (("a.jpg", "b.jpg"), "filename"),
        (("x/a.jpg", "x/a.jpg"), "filename"),
    ],
)
def test_names_of_files_that_are_not_unique_stand_in_their_folders(
    tmp_path: Path, files: tuple[str, str], path: str
) -> None:
    rows = ", ".join(f"({n}, '{file}', 'cam{n}', 400, 300)" for n, file in enumerate(files, 1))
    script = "create table images (id integer primary key, filename text, folder text, width int, height int);"
    made = host(tmp_path, f"{script} insert into images values {rows}; {ONE_BOX}")
    assert made.columns("image")["path"] == path
    if "folder" in path:
        assert only(made.rows("image"), "path") == [("cam1/a.jpg",), ("cam2/a.jpg",)]
        assert "folder" not in made.reasons()


def test_a_class_of_a_whole_image_is_left_and_said(tmp_path: Path) -> None:
    assert host(tmp_path, COCO).reasons()["category"] == "a class of a whole image is no annotation; tags say such things"


def test_a_box_that_is_no_json_spoils_no_export(tmp_path: Path) -> None:
    made = host(tmp_path, COCO + "insert into annotations values (4, 2, 1, 'lost', null, null, null);")
    assert only(made.rows("annotation"), *BOX)[-1] == ("", "", "", "")


ONE_BOX = """
create table annotations (id integer primary key, image_id int, class_name text, x1 real, y1 real, x2 real, y2 real);
insert into annotations values (1, 1, 'car', 10, 10, 120, 50);
"""

# --- YOLO with names of classes

YOLO = """
create table images (id integer primary key, filename text, width int, height int, split text);
create table annotations (
    id integer primary key, image_id int, class_name text, cx real, cy real, w real, h real, confidence real
);
insert into images values (1, 'x.png', 100, 50, 'train'), (2, 'y.png', 100, 50, 'val');
insert into annotations values
    (1, 1, 'car', 0.5, 0.5, 0.25, 0.5, 0.9), (2, 1, 'tree', 0.25, 0.25, 0.25, 0.25, 0.8),
    (3, 2, 'car', 0.75, 0.875, 0.25, 0.25, null);
"""


def test_centres_become_corners_and_shares_are_relative(tmp_path: Path) -> None:
    made = host(tmp_path, YOLO)
    assert list(made.records) == ["image", "annotation"]
    assert only(made.rows("image"), "path", "split") == [("x.png", "train"), ("y.png", "val")]
    assert only(made.rows("annotation"), "class_name", *BOX, "units", "score") == [
        ("car", "0.375", "0.25", "0.25", "0.5", "relative", "0.9"),
        ("tree", "0.125", "0.125", "0.25", "0.25", "relative", "0.8"),
        ("car", "0.625", "0.75", "0.25", "0.25", "relative", ""),
    ]


def test_one_number_beyond_1_is_no_share(tmp_path: Path) -> None:
    made = host(tmp_path, YOLO + "update annotations set cx = 1.5 where id = 3;")
    assert "units" not in made.columns("annotation")


# --- detections, segmentations and key points in tables of their own

PLATFORM = """
create table projects (id integer primary key, name text, description text);
create table tasks (id integer primary key, project_id int references projects, name text, split text, version int);
create table jobs (id integer primary key, task_id int references tasks, status text);
create table images (
    id text primary key, job_id int references jobs, filename text, s3_key text, width int, height int, file_size_bytes int,
    mime_type text, exif_orientation int, metadata json, created_at timestamp, is_deleted boolean
);
create table labels (id text primary key, project_id int references projects, name text, color text);
create table tag_categories (id text primary key, project_id int references projects, name text);
create table tags (
    id text primary key, project_id int references projects, category_id text references tag_categories, name text, color text
);
create table image_tags (image_id text references images, tag_id text references tags, primary key (image_id, tag_id));
create table detections (
    id text primary key, image_id text references images, label_id text references labels,
    x_min float, y_min float, x_max float, y_max float, rotation float, confidence float, attributes json, source text,
    created_at timestamp, updated_at timestamp, is_deleted boolean
);
create table segmentations (
    id text primary key, image_id text references images, label_id text references labels, format text, polygon json, rle json,
    mask_s3_key text, bbox_x_min float, bbox_y_min float, bbox_x_max float, bbox_y_max float, area float, source text
);
create table keypoints (id text primary key, image_id text references images, label_id text references labels, points json);
insert into projects values (1, 'Street', 'Cars'), (2, 'Other', null);
insert into tasks values (1, 1, 'north', 'train', 3), (2, 2, 'south', null, 1);
insert into jobs values (10, 1, 'done'), (20, 2, 'done');
insert into images values
    ('i-1', 10, '1.jpg', 'p/1.jpg', 100, 50, 1234, 'image/jpeg', 6, '{}', '2024-01-01 10:00:00', 0),
    ('i-2', 10, '2.jpg', 'p/2.jpg', 100, 50, 1234, 'image/jpeg', 1, '{}', '2024-01-01 10:00:00', 0),
    ('i-3', 20, '3.jpg', 'p/3.jpg', 100, 50, 1234, 'image/jpeg', 1, '{}', '2024-01-01 10:00:00', 0);
insert into labels values ('l-1', 1, 'car', '#ff0000'), ('l-2', 1, 'tree', '#00ff00');
insert into tag_categories values ('c-1', 1, 'weather');
insert into tags values ('t-1', 1, 'c-1', 'rain', '#0000ff'), ('t-2', 1, 'c-1', 'sun', '#ffff00');
insert into image_tags values ('i-1', 't-1'), ('i-1', 't-2'), ('i-2', 't-2');
insert into detections values
    ('7', 'i-1', 'l-1', 0.125, 0.25, 0.5, 0.75, 0, 0.9, '{"occluded": true}', 'manual', '2024-01-01', '2024-01-02', 0),
    ('8', 'i-2', 'l-2', 0.25, 0.125, 0.875, 0.625, 15, null, '{}', 'model:1', '2024-01-01', '2024-01-02', 0),
    ('9', 'i-2', 'l-2', 0.25, 0.125, 0.875, 0.625, 15, null, '{}', 'model:1', '2024-01-01', null, 1);
insert into segmentations values
    ('7', 'i-1', 'l-2', 'polygon', '[[0.125, 0.25], [0.5, 0.25], [0.5, 0.75]]', null, null, 0.125, 0.25, 0.5, 0.75, 0.1, 'manual');
insert into keypoints values ('7', 'i-3', 'l-1', '[0.125, 0.25, 2, 0.375, 0.5, 1, 0, 0, 0]');
"""


def test_shapes_in_tables_of_their_own_become_one_record(tmp_path: Path) -> None:
    made = host(tmp_path, PLATFORM)
    rows = made.rows("annotation")
    assert only(rows, "annotation_id", "image_id", "label_id", "kind", *BOX, "rotation", "units") == [
        ("detections-7", "i-1", "l-1", "", "0.125", "0.25", "0.375", "0.5", "0.0", "relative"),
        ("detections-8", "i-2", "l-2", "", "0.25", "0.125", "0.625", "0.5", "15.0", "relative"),
        ("keypoints-7", "i-3", "l-1", "", "", "", "", "", "", "relative"),
        ("segmentations-7", "i-1", "l-2", "polygon", "0.125", "0.25", "0.375", "0.5", "", "relative"),
    ]
    assert rows[2]["keypoints"] == "[0.125, 0.25, 2, 0.375, 0.5, 1, 0, 0, 0]"
    assert rows[3]["geometry"] == "[[0.125, 0.25], [0.5, 0.25], [0.5, 0.75]]"
    assert only(rows, "score", "source", "attributes")[0] == ("0.9", "manual", '{"occluded": true}')
    assert made.records["annotation"]["key"] == "annotation_id"
    assert "\nunion all\n" in made.records["annotation"]["query"]


def test_what_a_platform_keeps_of_images_tasks_and_tags(tmp_path: Path) -> None:
    made = host(tmp_path, PLATFORM)
    assert set(made.records) == {"project", "task", "label", "tag_category", "tag", "image", "image_tag", "annotation"}
    assert made.rows("image")[0] == {
        "image_id": "i-1",
        "task_id": "1",
        "job_id": "10",
        "path": "p/1.jpg",
        "width": "100",
        "height": "50",
        "file_size": "1234",
        "media_type": "image/jpeg",
        "orientation": "6",
    }
    assert only(made.rows("task"), "task_id", "project_id", "name", "split") == [
        ("1", "1", "north", "train"),
        ("2", "2", "south", ""),
    ]
    assert only(made.rows("image_tag"), "image_id", "tag_id") == [("i-1", "t-1"), ("i-1", "t-2"), ("i-2", "t-2")]
    assert made.rows("tag")[0] == {"tag_id": "t-1", "tag_category_id": "c-1", "name": "rain", "colour": "#0000ff"}
    assert made.reasons()["filename"] == "path comes from s3_key"
    assert made.records["project"]["project"] == "id"
    assert '# where = "not (is_deleted)"  # rows that were deleted' in made.text


def test_filters_reach_what_was_guessed(tmp_path: Path) -> None:
    made = host(tmp_path, PLATFORM)
    assert len(made.rows("image", tag_ids=["rain"])) == 1
    assert len(made.rows("image", splits=["train"])) == 2
    assert len(made.rows("image", job_id="20")) == 1
    assert len(made.rows("annotation", labels=["tree"])) == 2
    source = read_config(tmp_path / "exporter.toml")["host"]()
    found = exporter.preview(format="csv", source=source, options={"record": "annotation"}, project="1").report
    assert found.records["annotation"].rows == 3


def test_what_one_of_the_tables_lacks_is_said(tmp_path: Path) -> None:
    reasons = host(tmp_path, PLATFORM).reasons()
    assert reasons["segmentations.rle"] == "empty, so nothing shows what it holds"
    assert reasons["segmentations.area"] == "shares of the image, not pixels"


def test_a_table_of_general_annotations_goes_before_those_of_shapes(tmp_path: Path) -> None:
    more = "create table annotations (id integer primary key, image_id text references images, label_id text, x int, y int, w int,"
    made = host(tmp_path, PLATFORM + more + " h int);")
    assert made.records["annotation"]["table"] == "annotations"
    assert "# It could also be: detections, segmentations, keypoints." in made.text


SHARED_HEAD = """
create table images (id integer primary key, path text);
create table labels (id integer primary key, name text);
create table annotations (
    id integer primary key, image_id int references images, label_id int references labels, score real, is_deleted boolean
);
create table bounding_boxes (id integer primary key, annotation_id int references annotations, x1 int, y1 int, x2 int, y2 int);
create table polygons (id integer primary key, annotation_id int references annotations, points text);
insert into images values (1, 'a.jpg'), (2, 'b.jpg'), (3, 'c.jpg');
insert into labels values (1, 'car'), (2, 'tree');
insert into annotations values (1, 1, 1, 0.5, 0), (2, 2, 2, null, 0), (3, 3, 2, null, 1);
insert into bounding_boxes values (1, 1, 1, 2, 11, 22), (2, 3, 1, 2, 3, 4);
insert into polygons values (1, 2, '[[1, 1], [5, 1], [5, 5]]');
"""


def test_shapes_take_along_what_they_have_in_common(tmp_path: Path) -> None:
    rows = host(tmp_path, SHARED_HEAD).rows("annotation")
    assert only(rows, "image_id", "label_id", *BOX, "geometry", "score") == [
        ("1", "1", "1", "2", "10", "20", "", "0.5"),
        ("2", "2", "", "", "", "", "[[1, 1], [5, 1], [5, 5]]", ""),
    ]


def test_the_example_in_the_manual(tmp_path: Path) -> None:
    page = (
        (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8").partition("## Annotated images")[2]
    )
    script, block = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("sql", "toml"))
    assert script is not None
    assert block is not None
    assert block[1].replace("street", "host") in host(tmp_path, script[1]).text


# --- frames of a task's data, shapes of any kind in one column

FRAMES = """
create table engine_project (id integer primary key, name text);
create table engine_data (id integer primary key, size integer);
create table engine_task (
    id integer primary key, project_id int references engine_project, data_id int references engine_data, name text, subset text
);
create table engine_segment (id integer primary key, task_id int references engine_task, start_frame int, stop_frame int);
create table engine_job (id integer primary key, segment_id int references engine_segment, state text);
create table engine_image (
    id integer primary key, data_id int references engine_data, path text, frame int, width int, height int
);
create table engine_label (
    id integer primary key, project_id int references engine_project, task_id int references engine_task, name text, color text,
    type text, parent_id int references engine_label
);
create table engine_labeledimage (
    id integer primary key, job_id int references engine_job, label_id int references engine_label, frame int, source text
);
create table engine_labeledshape (
    id integer primary key, job_id int references engine_job, label_id int references engine_label, frame int, "group" int,
    source text, type text, occluded bool, points text, rotation real, z_order int, score real
);
insert into engine_project values (1, 'Street');
insert into engine_data values (11, 2), (12, 2);
insert into engine_task values (1, 1, 11, 'north', 'Train'), (2, 1, 12, 'south', 'Validation');
insert into engine_segment values (21, 1, 0, 1), (22, 2, 0, 1);
insert into engine_job values (31, 21, 'completed'), (32, 22, 'new');
insert into engine_image values (1, 11, 'a/0.jpg', 0, 640, 480), (2, 11, 'a/1.jpg', 1, 640, 480),
    (3, 12, 'b/0.jpg', 0, 320, 240), (4, 12, 'b/1.jpg', 1, 320, 240);
insert into engine_label values (1, 1, null, 'car', '#fa3253', 'any', null), (2, 1, null, 'road', '#33ddff', 'any', null);
insert into engine_labeledimage values (1, 31, 2, 0, 'manual'), (2, 32, 2, 1, 'manual');
insert into engine_labeledshape values
    (1, 31, 1, 0, 0, 'manual', 'rectangle', 0, '100.5,200.0,160.5,260.0', 0, 0, 1.0),
    (2, 31, 1, 1, 0, 'manual', 'rectangle', 0, '300.0,300.0,420.0,360.0', 30, 0, 1.0),
    (3, 31, 2, 0, 0, 'manual', 'polygon', 0, '1.0,2.0,30.0,4.0,50.0,60.0', 0, 0, 1.0),
    (4, 32, 1, 1, 0, 'manual', 'rectangle', 0, '10.0,20.0,30.0,40.0', 0, 0, 1.0),
    (5, 32, 2, 0, 0, 'manual', 'polyline', 0, '1.0,2.0,30.0,4.0', 0, 0, 1.0);
"""


def test_shapes_by_frame_in_a_column_for_all_kinds(tmp_path: Path) -> None:
    made = host(tmp_path, FRAMES)
    assert only(made.rows("image"), "image_id", "task_id", "path") == [
        ("1", "1", "a/0.jpg"),
        ("2", "1", "a/1.jpg"),
        ("3", "2", "b/0.jpg"),
        ("4", "2", "b/1.jpg"),
    ]
    rows = made.rows("annotation")
    assert only(rows, "image_id", "label_id", "kind", *BOX, "rotation", "geometry", "job_id") == [
        ("1", "1", "box", "100.5", "200.0", "60.0", "60.0", "0.0", "", "31"),
        ("2", "1", "box", "300.0", "300.0", "120.0", "60.0", "30.0", "", "31"),
        ("1", "2", "polygon", "", "", "", "", "0.0", "[1.0,2.0,30.0,4.0,50.0,60.0]", "31"),
        ("4", "1", "box", "10.0", "20.0", "20.0", "20.0", "0.0", "", "32"),
        ("3", "2", "polyline", "", "", "", "", "0.0", "", "32"),
    ]
    assert "# polyline: no kind that formats know, counted and left out" in made.text


def test_labels_of_whole_frames_are_tags(tmp_path: Path) -> None:
    made = host(tmp_path, FRAMES)
    assert made.records["tag"]["table"] == made.records["label"]["table"] == "engine_label"
    assert only(made.rows("image_tag"), "image_id", "tag_id") == [("1", "2"), ("4", "2")]
    assert [row["split"] for row in made.rows("task")] == ["Train", "Validation"]


def test_a_way_that_leads_nowhere_is_not_taken(tmp_path: Path) -> None:
    """Labels may name a task, too, and that way is shorter: but they do not, so it reaches no image."""
    assert "label" not in re.findall(r"left join engine_(\w+)", host(tmp_path, FRAMES).records["annotation"]["query"])


# --- results as JSON

RESULTS = """
create table project (id integer primary key, title text, label_config text);
create table task (id integer primary key, data json, project_id int references project, created_at timestamp);
create table task_completion (id integer primary key, result json, task_id int references task, created_at timestamp);
insert into project values (1, 'Street', '<View></View>');
insert into task values (1, '{"image": "/data/upload/1/a.jpg"}', 1, '2024-01-01'), (2, '{"image": "/data/b.jpg"}', 1, '2024-01-01');
insert into task_completion values (1, '[{"id": "x1", "type": "rectanglelabels", "from_name": "label", "original_width": 600,
    "value": {"x": 3.1, "y": 8.2, "width": 20, "height": 16, "rotation": 0, "rectanglelabels": ["Car"]}}]', 1, '2024-01-01');
"""


def test_results_as_json_cannot_be_mapped_and_are_said(tmp_path: Path) -> None:
    made = host(tmp_path, RESULTS)
    assert list(made.records) == ["project", "image"]
    assert only(made.rows("image"), "image_id", "path") == [("1", "/data/upload/1/a.jpg"), ("2", "/data/b.jpg")]
    with pytest.raises(InputError, match="provides no record 'annotation'"):
        made.rows("annotation")
    why = "task_completion has no box, outline or key points (result: several shapes in one text, and a row is one shape)"
    assert f"# No table was found for annotation: {why}." in re.sub(r"\n#  ", "", made.text)


# --- what is about something else

SHOP = """
create table categories (id integer primary key, name text);
create table products (id integer primary key, name text, category_id int references categories, width int, height int);
create table product_images (id integer primary key, product_id int references products, path text, width int, height int);
create table tags (id integer primary key, name text);
create table product_tags (product_id int references products, tag_id int references tags);
create table projects (id integer primary key, name text);
create table tasks (id integer primary key, project_id int references projects, name text);
insert into categories values (1, 'seats');
insert into products values (1, 'chair', 1, 10, 20);
insert into product_images values (1, 1, 'a/1.jpg', 10, 20);
insert into tags values (1, 'red');
insert into product_tags values (1, 1);
"""


CLINIC = """
create table images (id integer primary key, path text, width int, height int);
create table results (id integer primary key, image_id int references images, result text, value real);
insert into images values (1, 'scans/1.jpg', 10, 20);
insert into results values (1, 1, 'negative', 0.5);
"""


@pytest.mark.parametrize(
    "script", [SHOP, CLINIC, "create table settings (id integer primary key)", ""], ids=["shop", "clinic", "other", "empty"]
)
def test_a_database_about_something_else_has_no_records(tmp_path: Path, script: str) -> None:
    made = host(tmp_path, script)
    assert made.records == {}
    assert "# No table was found that holds images with annotations or tags. Tables there are:" in made.text
    told = set(re.findall(r"^# No table was found for (\w+)", made.text, re.MULTILINE))
    assert "annotation" in told <= {"image", "annotation"}
    assert read_config(tmp_path / "exporter.toml")["host"]().records == {}


# --- from the command line


def test_the_command_drafts_and_the_draft_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host(tmp_path, COCO)
    (tmp_path / "exporter.toml").unlink()
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(map_command, ["sqlite:///host.db", "--family", "vision", "--output", "exporter.toml"])
    assert told.exit_code == 0, told.output
    assert "Fill the lines marked '# needed', then: exporter preview --format coco" in told.output
    for record, rows in {"annotation": 3, "image": 2}.items():
        output = tmp_path / f"{record}.csv"
        ran = CliRunner().invoke(run_command, ["--format", "csv", "--record", record, "--output", str(output)])
        assert ran.exit_code == 0, ran.output
        assert len(output.read_text(encoding="utf-8").splitlines()) == rows + 1
