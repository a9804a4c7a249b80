"""Options that the formats of annotated images have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from exporter.errors import InputError
from exporter.options import option

if TYPE_CHECKING:
    from exporter.source import Source


STORED = "stored"  # of split_by: the source's own splits


@attrs.frozen
class SplitOptions:
    """How an artifact of images is packed, and what its splits are."""

    packaging: str = option(default="zip", choices=("zip", "folder"), help="One zip file, or a folder")
    split_by: str = option(
        default=STORED,
        help="What puts images into train, val and test: `stored`, the source's own splits; `hash:0.8,0.1,0.1`, by a hash of "
        "the image's id, so that it stays where it is when others are added; or a CSV file with the columns image_id (or path) "
        "and split",
    )


@attrs.frozen
class ImageOptions(SplitOptions):
    """What is done with the images, where they may be left out and their sizes are written."""

    include_images: bool = option(default=False, help="Write the image files, too")
    frame: str = option(
        default="displayed",
        choices=("displayed", "stored"),
        help="The frame of sizes and coordinates: that of the image as people see it, or of the file's pixels before its EXIF "
        "orientation turns them",
    )


@attrs.frozen(slots=False)  # with slots it could not stand beside another class of options
class ClassOptions:
    """What makes the classes of images, for `exporter.vision.classes`."""

    classification_mode: str = option(
        default="categorized",
        choices=("categorized", "free_form"),
        help="What makes classes: categorized, each tag of one category; free_form, the tags that class_mapping names",
    )
    category_id: str | None = option(
        default=None,
        help="categorized: the category of tags, by id or name; may be left out where tags have only one, or none at all",
    )
    class_mapping: str | None = option(
        default=None,
        help='free_form: a JSON file with the tags of each class, by id or name: `{"class": ["tag", ...]}`, or such JSON itself; '
        "the order counts",
    )
    unclassified: str | None = option(
        default=None, help="A class for images without any; by default they are left out and counted"
    )


@attrs.frozen
class AnnotationOptions(ImageOptions):
    """What is done with the annotations, in the formats that write shapes."""

    label_filter: tuple[str, ...] = option(
        default=(), help="Only annotations of these classes, by the label's id or name; the classes' ids stay as they are"
    )
    only_annotated: bool = option(default=False, help="Leave out images without any annotation that is written")
    decimals: int | None = option(
        default=None, minimum=0, maximum=15, help="Round what is measured to so many decimals; by default nothing is rounded"
    )


def need_media(source: Source) -> None:
    """Refuse a source that has no image files.

    :raises InputError: naming it.
    """
    if source.media is None:
        raise InputError(
            f"Source '{source.name}' has no media folder to take images from.", hint="Set `media` in its description."
        )
