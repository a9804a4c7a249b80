"""What people filter annotated images by. The SQL of each filter stands in `conditions.py`, that of versions in `versions.py`."""

from __future__ import annotations

import attrs

from exporter.options import option

SPLITS = ("train", "val", "test", "none")
SPELLINGS = {  # of splits, in lower case
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}


@attrs.frozen
class Filters:
    """Filters on images narrow the annotations, too; filters on annotations leave their images in."""

    tag_ids: tuple[str, ...] = option(default=(), help="Only images with these tags, by id or name")
    include_match_mode: str = option(
        default="OR", choices=("AND", "OR"), help="Whether an image needs all of tag_ids or any of them"
    )
    excluded_tag_ids: tuple[str, ...] = option(default=(), help="No images with these tags, by id or name")
    exclude_match_mode: str = option(
        default="OR", choices=("AND", "OR"), help="Whether all of excluded_tag_ids leave an image out, or any of them"
    )
    task_ids: tuple[str, ...] = option(default=(), help="Only images of these tasks")
    job_id: str | None = option(default=None, help="Only images of this job")
    is_annotated: bool | None = option(
        default=None, help="true: only images with an annotation of the chosen version; false: only those without any"
    )
    search: str | None = option(
        default=None, help="Only images whose file name, without folders, holds this text; the case of A to Z does not count"
    )
    filepath_paths: tuple[str, ...] = option(
        default=(), help="Only images whose path begins with one of these, letter by letter"
    )
    image_uids: tuple[str, ...] = option(default=(), help="Only these images, by id")
    width_min: int | None = option(default=None, minimum=0, help="Only images of at least this width, in pixels")
    width_max: int | None = option(default=None, minimum=0, help="Only images of at most this width, in pixels")
    height_min: int | None = option(default=None, minimum=0, help="Only images of at least this height, in pixels")
    height_max: int | None = option(default=None, minimum=0, help="Only images of at most this height, in pixels")
    file_size_min: int | None = option(default=None, minimum=0, help="Only files of at least this size, in bytes")
    file_size_max: int | None = option(default=None, minimum=0, help="Only files of at most this size, in bytes")
    splits: tuple[str, ...] = option(
        default=(), choices=SPLITS, help="Only images of these splits, as the source has them; none: those of no split"
    )
    labels: tuple[str, ...] = option(default=(), help="Only annotations with these labels, by id or name")
    min_score: float | None = option(
        default=None, minimum=0, maximum=1, help="Only annotations with at least this score, or without any: a person's"
    )
    version_mode: str = option(
        default="latest",
        choices=("latest", "job_version", "timestamp"),
        help="Which versions of annotations: the newest that are not deleted; the last of one job; those valid at one moment",
    )
    version_value: str | None = option(
        default=None, help="For job_version the job's id, for timestamp the moment (ISO 8601, UTC where it has no zone)"
    )
