"""Sources of images with classes, for formats of the family vision that write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import case, literal

from exporter.source import RecordSource, Source
from exporter.testing.annotated import annotated
from exporter.testing.source import sample_source

JPEG = b"\xff\xd8\xff\xe0 not looked into \xff\xd9"


def classified_source(*, rows: int = 12, hostile: bool = False, padding: int = 0) -> Source:
    """The sample of the family vision, each of whose tags makes a class.

    :param padding: where it is given, memory is measured: then there are two classes, however many images there are.
    """
    found = _uncategorized(sample_source("vision", rows=rows, hostile=hostile, padding=padding))
    return _of_two_tags(found) if padding else found


def _uncategorized(source: Source) -> Source:
    records = {name: record for name, record in source.records.items() if name != "tag_category"}
    tag: Any = records["tag"]
    columns = [c for c in tag.select.selected_columns if c.key != "tag_category_id"]
    records["tag"] = RecordSource(tag.select.with_only_columns(*columns), key=tag.key)
    return attrs.evolve(source, records=records)


def _of_two_tags(source: Source) -> Source:
    known: Any = source.records["tag"]
    fact: Any = source.records["image_tag"]
    columns = [c for c in fact.select.selected_columns if c.key != "tag_id"]
    tag = case((fact.key % 2 == 0, literal("tag-0")), else_=literal("tag-1"))
    facts = RecordSource(fact.select.with_only_columns(*columns, tag.label("tag_id")), key=fact.key)
    tags = RecordSource(known.select.where(known.key <= 2), key=known.key)
    return attrs.evolve(source, records={**source.records, "tag": tags, "image_tag": facts})


def made_source(
    folder: Path,
    images: Sequence[Mapping[str, Any]],
    tags: Sequence[Mapping[str, Any]],
    tagged: Iterable[tuple[Any, Any]],
    categories: Sequence[Mapping[str, Any]] = (),
) -> Source:
    """A source whose rows are all written down: rows by field, and pairs of image_id and tag_id.

    Images with a path get a file in the folder `media` below `folder`, which holds what `content` of the row says.
    """
    for row in images:
        if row.get("path"):
            file = folder / "media" / row["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(row.get("content", JPEG + str(row["image_id"]).encode()))
    rows = {
        "image": [{field: cell for field, cell in row.items() if field != "content"} for row in images],
        "tag": tags,
        "image_tag": [{"image_id": image, "tag_id": tag} for image, tag in tagged],
        **({"tag_category": categories} if categories else {}),
    }
    return annotated(rows, folder / "media")
