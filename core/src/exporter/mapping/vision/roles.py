"""Which tables are images, annotations and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.mapping.fields import Fields
from exporter.mapping.known import Study
from exporter.mapping.links import Link, link
from exporter.mapping.look import Table
from exporter.mapping.names import nouns
from exporter.mapping.names import words as words_of
from exporter.mapping.roles import Search, lacks
from exporter.mapping.vision import words
from exporter.mapping.vision.forms import SEVERAL
from exporter.mapping.vision.paths import path_in
from exporter.mapping.vision.shapes import shapes_of

_ASIDE = frozenset(  # words of tables that hold what is past, or not meant
    {"history", "archive", "archived", "deleted", "backup", "old", "tmp", "temp", "draft", "track", "tracked", "predicted"}
)
_PARENTS: dict[str, tuple[str, ...]] = {  # the records whose tables make one that names no other what it is called
    "label": ("annotation",),
    "tag_category": ("tag",),
    "task": ("image",),
    "dataset": ("image", "task"),
    "project": ("task", "dataset", "label", "tag", "image"),
}


def unfit(search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
    """Why a table is not the record's, in a few words; empty where it is."""
    match record:
        case "annotation":
            return _no_annotation(search, table, named=named)
        case "image_tag":
            return _no_image_tag(search, table, named=named)
        case _ if not named:
            return f"does not have the name of one ({', '.join(words.TABLES[record])})"
        case "image":
            path = "path" in fields.guesses or path_in(search.study, table) is not None
            return "" if path else lacks("no paths of image files", fields, "path")
        case "tag":
            return "" if joining(search, table) is not None else "is joined to images by no table"
        case _:
            return _unnamed(search, record, table)


def enough(search: Search) -> bool:
    """Whether something is said of images: annotations, tags, or results that nobody can map."""
    image = search.first("image")
    if image is None or {"annotation", "image_tag"} & search.chosen.keys():
        return image is not None
    near = [search.study.db.tables[name] for name in search.unfit["annotation"]]
    links = [(table, image_link(search.study, table, image)) for table in near]
    return any(SEVERAL in shapes_of(search.study, table, way).refused.values() for table, way in links if way is not None)


def image_link(study: Study, table: Table, image: Table | None) -> Link | None:
    """The column by which a table's rows name their image."""
    return link(study, table, image, study.key("image")) if image is not None else None


def together(record: str, tables: Sequence[Table]) -> list[Table]:
    """Annotations of each shape in a table of their own: boxes here, polygons there."""
    if record != "annotation" or _of(tables[0], words.ANNOTATIONS):
        return list(tables[:1])
    found: dict[str, Table] = {}
    for table in tables:
        shape = next((n for n in nouns(table.plain) if n in words.SHAPES), None)
        if shape is not None and not _of(table, words.ANNOTATIONS) and not _ASIDE & set(words_of(table.plain)):
            found.setdefault(shape, table)
    return list(found.values()) or list(tables[:1])


def joining(search: Search, tag: Table) -> Table | None:
    """The table that joins images to what may be their tags."""
    return next((t for t in search.study.db.tables.values() if _joins(search, t, tag)), None)


def _of(table: Table, named: Sequence[str]) -> bool:
    return not set(nouns(table.plain)).isdisjoint(named)


def _no_annotation(search: Search, table: Table, *, named: bool) -> str:
    image = search.first("image")
    way = image_link(search.study, table, image)
    if not named and (way is None or way.why != "a foreign key"):
        return f"has neither the name of one ({', '.join(words.TABLES['annotation'])}) nor boxes with a key of an image"
    shapes = shapes_of(search.study, table, way)
    if not named:
        return "" if shapes.box is not None else "has no boxes"
    if not shapes:
        doubts = "; ".join(f"{column}: {reason}" for column, reason in shapes.refused.items())
        return "has no box, outline or key points" + (f" ({doubts})" if doubts else "")
    if image is None or not search.leads("annotation", table, "image", image):
        return "names no image"
    return ""


def _no_image_tag(search: Search, table: Table, *, named: bool) -> str:
    tag = search.first("tag")
    if tag is not None and _joins(search, table, tag):
        return ""
    return "joins no images to tags" if named else "does not join images to tags"


def _joins(search: Search, table: Table, tag: Table) -> bool:
    """Whether a table is named after both, or is nothing but two keys, and leads to both."""
    image = search.first("image")
    annotations = search.chosen.get("annotation", [])
    if image is None or table in (image, tag, *annotations):
        return False
    both = set(nouns(image.plain)) | set(words.TABLES["image"])
    own = {w for n in words_of(table.plain) for w in nouns(n)}
    named = _of(table, words.TABLES["image_tag"]) or (bool(own & both) and nouns(tag.plain)[-1] in own)
    bare = len(table.references) == 2 and set(table.columns) <= {*table.primary, *(r.column for r in table.references)}
    if not named and not bare:
        return False
    to_tag = link(search.study, table, tag, search.study.key("tag"))
    return to_tag is not None and search.leads("image_tag", table, "image", image)


def _unnamed(search: Search, record: str, table: Table) -> str:
    """Why nothing that was found belongs to a table's rows; empty where something does."""
    children = _PARENTS[record]
    for child in children:
        for below in search.chosen.get(child, []):
            relation = any((r.child, r.parent) == (child, record) for r in search.study.family.relations)
            if relation and search.leads(child, below, record, table):
                return ""
            if not relation and link(search.study, below, table, search.study.key(record)) is not None:
                return ""
    known = [t.name for child in children for t in search.chosen.get(child, [])]
    return f"is named by no column of {', '.join(known)}" if known else f"belongs to no {' and no '.join(children)}"
