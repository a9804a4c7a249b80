"""What is known of annotation platforms: their words, how they keep shapes, how their tables hang together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from exporter.mapping.drafts import RecordDraft, Suggestions
from exporter.mapping.fields import Fields
from exporter.mapping.guess import Making
from exporter.mapping.known import Known, Study
from exporter.mapping.links import Link
from exporter.mapping.look import Table
from exporter.mapping.roles import Search
from exporter.mapping.vision import annotated, paths, roles, suggestions, ways, words
from exporter.mapping.vision.checks import CHECKS, RANGES, out_of_scale
from exporter.mapping.vision.texts import TEXTS
from exporter.records import Field, Relation


class Vision(Known):
    """The family `vision`, in the words of COCO and of the platforms that people annotate with."""

    tables = words.TABLES
    order = ("image", "annotation", "label", "tag", "image_tag", "tag_category", "task", "dataset", "project")
    expected = ("image", "annotation")
    shared = frozenset({"label", "tag"})
    dependent = frozenset(order) - frozenset(expected)
    columns = words.COLUMNS
    apart = words.APART
    ranges = RANGES
    checks = CHECKS
    keys_taken = frozenset({"job_id"})
    json_fields = frozenset({"attributes", "keypoints", "skeleton"})
    texts = TEXTS

    def out_of_scale(self, field: Field, texts: tuple[str, ...]) -> str:
        """Sizes are in pixels, rotations in degrees."""
        return out_of_scale(field, texts)

    def unfit(self, search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
        """A name is not enough: it takes paths of images, shapes, and links."""
        return roles.unfit(search, record, table, fields, named=named)

    def enough(self, search: Search) -> bool:
        """Images alone are no data set: something has to be said of them."""
        return roles.enough(search)

    def together(self, record: str, tables: Sequence[Table]) -> list[Table]:
        """Boxes, polygons and key points may have tables of their own."""
        return roles.together(record, tables)

    def between(self, study: Study, tables: Mapping[str, Table], relation: Relation) -> list[tuple[Table, Field | None]]:
        """Jobs, and what annotations of any shape have in common."""
        return ways.between(study, relation)

    def detour(self, study: Study, child: Table, parent: Table, relation: Relation) -> tuple[Link, ...] | None:
        """By the number of a frame, by a third table, by the name of a class."""
        return ways.detour(study, child, parent, relation)

    def identifier(self, study: Study, record: str, table: Table) -> tuple[str, str] | None:
        """What all versions of an annotation have in common."""
        return annotated.versioned_id(study, table) if record == "annotation" else None

    def complete(self, making: Making) -> None:
        """Shapes and versions of annotations; paths of images in JSON."""
        if making.name == "annotation":
            annotated.complete(making)
        elif making.name == "image":
            paths.complete(making)

    def suggestions(self, study: Study, draft: RecordDraft, drafts: Sequence[RecordDraft]) -> Suggestions:
        """Rows that were deleted, splits that nothing gives."""
        return suggestions.suggestions(study, draft, drafts)

    def remarks(self, records: Collection[str]) -> Iterator[str]:
        """What images without annotations are good for."""
        if records and "annotation" not in records:
            yield suggestions.NO_ANNOTATIONS


KNOWN = Vision()
