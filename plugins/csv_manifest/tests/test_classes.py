"""What makes the classes of images."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import column, literal_column, select, table

import exporter
from exporter.database import query_plan, statement
from exporter.errors import InputError
from exporter.source import HostFilter, RecordSource, Source
from exporter.testing.classified import made_source
from exporter_csv_manifest.format import CsvManifest

from .gallery import classes, codes, export, source

WEATHER = [
    {"tag_id": "r", "name": "rain", "tag_category_id": 1},
    {"tag_id": "s", "name": "sun", "tag_category_id": 1},
    {"tag_id": "n", "name": "night", "tag_category_id": 2},
]
CATEGORIES = [{"tag_category_id": 1, "name": "weather"}, {"tag_category_id": 2, "name": "light"}]
PLAIN = [{"tag_id": t["tag_id"], "name": t["name"]} for t in WEATHER]
TAGGED = [(1, "r"), (1, "n"), (2, "s"), (2, "r"), (3, "n")]


def weather(folder: Path) -> Source:
    return source(folder, WEATHER, TAGGED, categories=CATEGORIES)


def free(mapping: Any) -> dict[str, Any]:
    return {
        "classification_mode": "free_form",
        "class_mapping": mapping if isinstance(mapping, str) else json.dumps(mapping),
    }


# --- categorized


@pytest.mark.parametrize("category", ["1", "weather"])
def test_tags_of_a_category_are_classes_in_the_order_of_their_keys(category: str, tmp_path: Path) -> None:
    expected = [("1.jpg", "rain"), ("2.jpg", "rain"), ("2.jpg", "sun")]
    assert classes(weather(tmp_path), tmp_path, category_id=category) == expected


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    result = export(weather(tmp_path), tmp_path, category_id="weather")
    assert codes(result) == {"NO_CLASS": 2, "IMAGE_LEFT_OUT": 1, "TAG_NOT_CHOSEN": 1}
    assert attrs.asdict(result.report.records["image"]) == {"rows": 4, "filtered": 0, "left_out": 2, "written": 2}
    assert result.report.records["image_tag"].written == 3
    assert result.report.classes == {"rain": 2, "sun": 1}


def test_without_categories_every_tag_is_a_class(tmp_path: Path) -> None:
    found = classes(source(tmp_path, PLAIN, TAGGED), tmp_path)
    assert found == [("1.jpg", "rain"), ("1.jpg", "night"), ("2.jpg", "rain"), ("2.jpg", "sun"), ("3.jpg", "night")]


def test_the_only_category_needs_no_name(tmp_path: Path) -> None:
    tags = [*WEATHER[:2], {"tag_id": "n", "name": "night", "tag_category_id": None}]
    assert classes(source(tmp_path, tags, TAGGED), tmp_path) == [("1.jpg", "rain"), ("2.jpg", "rain"), ("2.jpg", "sun")]


def test_of_several_categories_one_has_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"several categories(?s:.*)light, weather"):
        export(weather(tmp_path), tmp_path)


def test_an_unknown_category_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'category_id' names the category 'x'(?s:.*)light, weather"):
        export(weather(tmp_path), tmp_path, category_id="x")


def test_categories_need_no_record_of_their_own(tmp_path: Path) -> None:
    found = source(tmp_path, WEATHER, TAGGED)
    assert classes(found, tmp_path, category_id="2") == [("1.jpg", "night"), ("3.jpg", "night")]
    with pytest.raises(InputError, match=r"names the category 'light'(?s:.*)It has: 1, 2"):
        export(found, tmp_path, category_id="light")


def test_a_category_is_refused_where_tags_have_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tags of this source have no categories"):
        export(source(tmp_path, PLAIN, TAGGED), tmp_path, category_id="weather")


def test_classes_stay_when_a_filter_leaves_few_images(tmp_path: Path) -> None:
    exporter.run(
        format="csv-manifest",
        source=weather(tmp_path),
        output=tmp_path / "out",
        options={"packaging": "folder", "category_id": "weather"},
        filters={"image_uids": "2"},
    )
    found = json.loads((tmp_path / "out" / "metadata.json").read_text())
    assert found["classes"] == {"1": "rain", "2": "sun"}
    assert found["classes_by_split"] == {"none": {"rain": 1, "sun": 1}}


def test_tags_of_one_name_make_one_class(tmp_path: Path) -> None:
    tags = [{"tag_id": 1, "name": "rain"}, {"tag_id": 2, "name": "sun"}, {"tag_id": 3, "name": "rain"}]
    found = source(tmp_path, tags, [(1, 3), (1, 1), (2, 3), (3, 2)])
    assert classes(found, tmp_path) == [("1.jpg", "rain"), ("2.jpg", "rain"), ("3.jpg", "sun")]
    assert codes(export(found, tmp_path))["TAGS_OF_ONE_NAME"] == 1


def test_a_tag_without_a_name_goes_by_its_number(tmp_path: Path) -> None:
    tags = [{"tag_id": "x", "name": "rain"}, {"tag_id": "y", "name": " "}, {"tag_id": "z", "name": None}]
    found = source(tmp_path, tags, [(1, "y"), (2, "z")])
    assert classes(found, tmp_path) == [("1.jpg", "tag 2"), ("2.jpg", "tag 3")]
    assert codes(export(found, tmp_path))["TAG_NAMELESS"] == 2


def test_control_characters_in_names_become_blanks(tmp_path: Path) -> None:
    found = source(tmp_path, [{"tag_id": 1, "name": "a\x00b\x1bc\td\ne"}], [(1, 1)])
    assert classes(found, tmp_path) == [("1.jpg", "a b c\td\ne")]


def test_tags_that_are_not_there_make_no_class(tmp_path: Path) -> None:
    found = source(tmp_path, PLAIN, [(1, "r"), (1, "gone"), (1, None), (2, "gone")])
    assert classes(found, tmp_path) == [("1.jpg", "rain")]
    assert codes(export(found, tmp_path)) == {"NO_CLASS": 3, "IMAGE_LEFT_OUT": 1, "TAG_NOT_GIVEN": 1, "TAG_MISSING": 1}


def test_an_unchecked_run_leaves_unknown_tags_out_as_it_meets_them(tmp_path: Path) -> None:
    result = exporter.run(
        format="csv-manifest",
        source=source(tmp_path, PLAIN, [(1, "r"), (2, "gone"), (2, "s"), (77, "r")]),
        output=tmp_path / "out",
        checked=False,
    )
    assert result.report.classes == {"rain": 1, "sun": 1, "night": 0}
    found = codes(result)
    assert (found["TAG_NOT_CHOSEN"], found["IMAGE_MISSING"]) == (1, 1)
    counted = result.report.records["image_tag"]
    assert counted.rows == counted.written + counted.left_out == 4


def test_ids_of_tags_do_where_there_are_no_tags(tmp_path: Path) -> None:
    found = source(tmp_path, PLAIN, TAGGED)
    bare = attrs.evolve(found, records={n: r for n, r in found.records.items() if n != "tag"})
    assert classes(bare, tmp_path) == [("1.jpg", "n"), ("1.jpg", "r"), ("2.jpg", "r"), ("2.jpg", "s"), ("3.jpg", "n")]
    assert classes(bare, tmp_path, **free({"dark": ["n"]})) == [("1.jpg", "dark"), ("3.jpg", "dark")]


def test_a_source_without_tags_of_images_is_refused(tmp_path: Path) -> None:
    found = source(tmp_path, PLAIN, TAGGED)
    without = attrs.evolve(found, records={n: r for n, r in found.records.items() if n != "image_tag"})
    with pytest.raises(InputError, match="does not say which tags images have"):
        export(without, tmp_path)


def test_a_filter_of_the_host_on_tags_leaves_their_classes_empty(tmp_path: Path) -> None:
    dry = HostFilter(record="tag", where=lambda value: literal_column("tag.name") != value)
    found = attrs.evolve(source(tmp_path, PLAIN, TAGGED), filters={"not_named": dry})
    result = exporter.run(
        format="csv-manifest", source=found, output=tmp_path / "out.zip", filters={"not_named": "rain"}, options={}
    )
    assert result.report.classes == {"night": 2, "sun": 1, "rain": 0}


def test_what_a_rule_of_the_host_drops_makes_no_class(tmp_path: Path) -> None:
    class Host:
        def exporter_rules(self, ctx: Any, records: Any) -> list[exporter.Rule]:
            tag = records["tag"].columns["name"]
            return [exporter.Rule("tag", "SECRET", "Nobody should know.", where=tag == "rain")]

    result = exporter.run(
        format="csv-manifest", source=source(tmp_path, PLAIN, TAGGED), output=tmp_path / "out.zip", plugins=[Host()]
    )
    assert result.report.classes == {"night": 2, "sun": 1, "rain": 0}
    assert result.report.records["image"].written == 3


# --- free form


def test_a_mapping_makes_classes_in_its_order(tmp_path: Path) -> None:
    mapping = {"dark": ["n"], "wet or dry": ["rain", "s"]}
    expected = [("1.jpg", "dark"), ("1.jpg", "wet or dry"), ("2.jpg", "wet or dry"), ("3.jpg", "dark")]
    assert classes(weather(tmp_path), tmp_path, **free(mapping)) == expected


def test_a_mapping_may_be_a_file_and_hold_numbers(tmp_path: Path) -> None:
    tags = [{"tag_id": 1, "name": "rain"}, {"tag_id": 2, "name": "1"}]
    (tmp_path / "classes.json").write_text('\ufeff{"wet": [1]}', encoding="utf-8")
    found = source(tmp_path, tags, [(1, 1), (2, 2)])
    assert classes(found, tmp_path, **free(str(tmp_path / "classes.json"))) == [("1.jpg", "wet")]  # an id before a name


def test_a_tag_may_be_in_two_classes(tmp_path: Path) -> None:
    mapping = {"weather": ["r", "s"], "wet": ["r"]}
    expected = [("1.jpg", "weather"), ("1.jpg", "wet"), ("2.jpg", "weather"), ("2.jpg", "wet")]
    assert classes(weather(tmp_path), tmp_path, **free(mapping)) == expected


def test_a_name_stands_for_all_tags_that_have_it(tmp_path: Path) -> None:
    tags = [{"tag_id": 1, "name": "rain"}, {"tag_id": 2, "name": "rain"}]
    found = source(tmp_path, tags, [(1, 1), (2, 2)])
    assert classes(found, tmp_path, **free({"wet": ["rain"]})) == [("1.jpg", "wet"), ("2.jpg", "wet")]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("{", "no JSON"),
        ('{"a": ["r"]', "no JSON"),
        ("[1]", "no JSON object with classes"),
        ("{}", "no JSON object with classes"),
        ('{"a": []}', "The class 'a' (?s:.*) has no tags"),
        ('{"a": "r"}', "The class 'a' (?s:.*)does not list"),
        ('{"a": [true]}', "The class 'a' (?s:.*)does not list"),
        ('{"a": [null]}', "The class 'a' (?s:.*)does not list"),
        ('{"a": ["r"], "a": ["s"]}', "names the class 'a' twice"),
        ('{" ": ["r"]}', "a class without a name"),
        ('{"a": ["fog"]}', "The class 'a' (?s:.*)names the tag 'fog'(?s:.*)night, rain, sun"),
        ("{" * 100_000, "no JSON"),
        ("nowhere.json", "cannot be read: No such file"),
        ("nul\0.json", "cannot be read"),
    ],
)
def test_a_mapping_that_is_none_is_refused(mapping: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        export(weather(tmp_path), tmp_path, **free(mapping))


def test_a_mapping_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "classes.json").write_bytes(b'{"a": ["\xff"]}')
    with pytest.raises(InputError, match="no UTF-8"):
        export(weather(tmp_path), tmp_path, **free(str(tmp_path / "classes.json")))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"classification_mode": "free_form"}, "needs the option 'class_mapping'"),
        ({"class_mapping": '{"a": ["r"]}'}, "'class_mapping' is for classification_mode free_form"),
        ({**free({"a": ["r"]}), "category_id": "1"}, "'category_id' is for classification_mode categorized"),
        ({"category_id": "1", "unclassified": " "}, "'unclassified' takes the name of a class"),
        ({"category_id": "1", "unclassified": "a\x01"}, "'unclassified' takes the name of a class"),
        ({"category_id": "1", "include_images": "true"}, "no media folder"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        export(attrs.evolve(weather(tmp_path), media=None), tmp_path, **options)


# --- images without a class


def test_images_without_a_class_may_have_one_of_their_own(tmp_path: Path) -> None:
    found = classes(weather(tmp_path), tmp_path, category_id="light", unclassified="day")
    assert found == [("1.jpg", "night"), ("2.jpg", "day"), ("3.jpg", "night"), ("4.jpg", "day")]
    metadata = json.loads((tmp_path / "out" / "metadata.json").read_text())
    assert metadata["classes"] == {"3": "night", "0": "day"}


def test_images_without_a_class_may_join_one(tmp_path: Path) -> None:
    found = classes(weather(tmp_path), tmp_path, category_id="weather", unclassified="sun")
    assert found == [("1.jpg", "rain"), ("2.jpg", "rain"), ("2.jpg", "sun"), ("3.jpg", "sun"), ("4.jpg", "sun")]


# --- previews


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"category_id": "weather"}, {"rain": 2, "sun": 1}),
        ({"category_id": "light", "unclassified": "day"}, {"day": 2, "night": 2}),
        (free({"any": ["r", "s", "n"], "wet": ["r"], "none": ["s"]}), {"any": 3, "wet": 2, "none": 1}),
    ],
)
def test_a_preview_counts_the_classes_that_a_run_writes(options: Any, expected: dict[str, int], tmp_path: Path) -> None:
    found = weather(tmp_path)
    assert exporter.preview(format="csv-manifest", source=found, options=options).report.classes == expected
    assert export(found, tmp_path, **options).report.classes == expected


# --- how they are read


def without_indexes(source: Source) -> Source:
    def spool(path: Path) -> None:
        assert source.spool is not None
        source.spool(path)
        connection = sqlite3.connect(path)
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'index'")]
        assert "image_tag_image_id" in names
        for name in names:
            connection.execute(f"drop index {name}")
        connection.commit()
        connection.close()

    return attrs.evolve(source, spool=spool)


@pytest.mark.parametrize("options", [{"category_id": "weather"}, free({"a": ["r"], "b": ["n"]})])
def test_without_an_index_the_same_is_written(options: Any, tmp_path: Path) -> None:
    found = weather(tmp_path)
    assert classes(without_indexes(found), tmp_path, **options) == classes(found, tmp_path, **options)


def typed(folder: Path, *indexes: str) -> Source:
    """Images whose ids are numbers, as a platform declares them, with indexes on these columns of their tags."""
    connection = sqlite3.connect(folder / "typed.db")
    connection.executescript(
        """
        create table image (id integer primary key, path text);
        create table tag (id integer primary key, name text);
        create table image_tag (id integer primary key, image_id integer, tag_id integer);
        insert into image values (1, '1.jpg'), (2, '2.jpg'), (3, '3.jpg');
        insert into tag values (1, 'rain'), (2, 'sun'), (3, 'night');
        insert into image_tag (image_id, tag_id) values (1, 1), (2, 2), (2, 3);
        """
    )
    for each in indexes:
        connection.execute(f"create index by_{each} on image_tag ({each})")
    connection.close()
    fields = {"image": ("id", "path"), "tag": ("id", "name"), "image_tag": ("id", "image_id", "tag_id")}
    columns = {name: table(name, *map(column, names)).c for name, names in fields.items()}
    records = {
        name: RecordSource(select(c.id.label(f"{name}_id"), *(c[field] for field in fields[name][1:])), key=c.id)
        for name, c in columns.items()
    }
    return Source(name="typed", family="vision", url=f"sqlite:///{folder / 'typed.db'}", records=records)


def plans(source: Source, folder: Path, options: Any) -> dict[str, list[str]]:
    """How SQLite reads each table of a run, and looks for images without a class."""
    found: dict[str, list[str]] = {}

    class Host:
        def exporter_rules(self, ctx: Any, records: Any) -> list[Any]:
            (rule,) = (r for r in CsvManifest().exporter_rules(ctx, records) if r.code == "NO_CLASS")
            query = records["image"].filtered().where(rule.where)
            found["NO_CLASS"] = [text for text, _ in query_plan(ctx.connection, statement(ctx.connection, query))]
            return []

        def exporter_inspect(self, ctx: Any, tables: Any) -> list[Any]:
            for each in tables:
                query = each.queries[0]
                sql = ctx.reader.statement(query.ordered(), *(c.single for c in ctx.reader.cells(each, query)))
                found[each.name] = [text for text, _ in query_plan(ctx.connection, sql)]
            return []

    exporter.run(format="csv-manifest", source=source, output=folder / "out.zip", options=options, plugins=[Host()])
    return found


@pytest.mark.parametrize("options", [{}, free({"a": ["rain"], "b": ["sun"]})])
@pytest.mark.parametrize("indexes", [("image_id",), ("tag_id", "image_id")])
def test_an_index_serves_the_order_of_the_classes(indexes: tuple[str, ...], options: Any, tmp_path: Path) -> None:
    found = plans(typed(tmp_path, *indexes), tmp_path, options)
    assert not [step for plan in found.values() for step in plan if "TEMP B-TREE" in step]
    assert any("by_image_id" in step for step in found["classes of images"])
    assert any("by_image_id" in step for step in found["NO_CLASS"])


@pytest.mark.parametrize("options", [{}, free({"a": ["rain"], "b": ["sun"]})])
@pytest.mark.parametrize("indexes", [(), ("tag_id",)])
def test_no_image_goes_through_the_tags_of_all(indexes: tuple[str, ...], options: Any, tmp_path: Path) -> None:
    found = plans(typed(tmp_path, *indexes), tmp_path, options)
    assert not [step for step in found["NO_CLASS"] if "CORRELATED" in step or "by_tag_id" in step]


def test_tags_come_beside_their_image_whatever_the_order_of_keys(tmp_path: Path) -> None:
    images = [{"image_id": f"i{9 - i}", "path": f"{i}.jpg"} for i in range(9)]
    tags = [{"tag_id": f"t{9 - i}", "name": f"class {i}"} for i in range(9)]
    found = made_source(tmp_path, images, tags, [(f"i{i}", f"t{i}") for i in (4, 1, 9, 5, 3, 2, 8, 6)])
    assert classes(found, tmp_path) == [(f"{i}.jpg", f"class {i}") for i in range(9) if i != 2]


def test_images_are_keyed_by_what_is_no_number_too(tmp_path: Path) -> None:
    found = source(tmp_path, PLAIN, TAGGED)
    image: Any = found.records["image"]
    key = literal_column("'key of ' || image._key")
    keyed = RecordSource(select(*image.select.selected_columns), key=key)
    assert classes(attrs.evolve(found, records={**found.records, "image": keyed}), tmp_path) == classes(found, tmp_path)
