"""Vision: images, their tags, and what people and models drew on them."""

from __future__ import annotations

from exporter.records.schema import Family, Record, Relation, schema
from exporter.records.vision import records
from exporter.records.vision.filters import Filters

_CLASSES: dict[type[Record], str] = {
    records.Project: "project_id",
    records.Dataset: "dataset_id",
    records.Task: "task_id",
    records.TagCategory: "tag_category_id",
    records.Tag: "tag_id",
    records.Label: "label_id",
    records.Image: "image_id",
    records.ImageTag: "image_tag_id",
    records.Annotation: "annotation_id",
}


def _family() -> Family:
    described = [schema(cls, key=key, prefixes={}) for cls, key in _CLASSES.items()]
    return Family(
        name="vision",
        title="Vision (annotated images)",
        records={each.name: each for each in described},
        relations=(
            Relation("dataset", "project_id", "project", "project_id"),
            Relation("task", "project_id", "project", "project_id"),
            Relation("task", "dataset_id", "dataset", "dataset_id"),
            Relation("tag", "tag_category_id", "tag_category", "tag_category_id"),
            Relation("image", "task_id", "task", "task_id"),
            Relation("image", "dataset_id", "dataset", "dataset_id"),
            Relation("image_tag", "image_id", "image", "image_id", required=True),
            Relation("image_tag", "tag_id", "tag", "tag_id", required=True),
            Relation("annotation", "image_id", "image", "image_id", required=True),
            Relation("annotation", "label_id", "label", "label_id", required=True),
        ),
        filters=Filters,
        conditions="exporter.records.vision.conditions:conditions",
        current="exporter.records.vision.versions:current",
        main=("image",),
        counted_by=("annotation", "class_name"),
        also_counted={"split": ("image", "split")},
        keys_identify=True,
    )


FAMILY = _family()
