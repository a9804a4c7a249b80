"""The format `imagefolder`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.errors import InputError
from exporter.format import Format
from exporter.options import option
from exporter.vision.options import ClassOptions, SplitOptions, need_media

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table


@attrs.frozen
class Options(SplitOptions, ClassOptions):
    """What an image folder can be told."""

    on_conflict: str = option(
        default="skip",
        choices=("error", "first", "all", "skip"),
        help="An image of several classes: skip, it is left out and counted; first, it goes to the first of them, in the order of "
        "the classes; all, to each; error, nothing is published",
    )
    link: str = option(
        default="copy",
        choices=("copy", "hardlink", "symlink"),
        help="How a folder takes in the files of the source's media folder; what cannot be linked is copied and counted",
    )


class ImageFolder(Format[Options]):
    """A folder of images for each class, in a folder for each split, for torchvision, Keras, Hugging Face datasets and others."""

    name = "imagefolder"
    title = "ImageFolder"
    family = "vision"
    extension = "zip"
    media_type = "application/zip"
    modes = ("classification",)
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"image_folder": {}}
    identified = ("image", "tag")

    def options_for(self, options: Options, source: Source) -> Options:
        """Refuse a source without images, links in a zip, options of the other mode, and a mapping that is none."""
        from exporter.vision.classes import check_options

        need_media(source)
        check_options(options)
        if options.link != "copy" and options.packaging != "folder":
            raise InputError(
                f"The option 'link' is for folders; a {options.packaging} holds files.", hint="Give --packaging folder, too."
            )
        return options

    def prepare_figure(self, options: Options) -> None:
        """What draws is an extra of its own."""
        from exporter.figures import require

        require("exporter-imagefolder")

    def warm(self, options: Options) -> None:
        """Import what serializing needs."""
        from exporter_imagefolder import tree  # noqa: F401

    def reads(self, options: Options) -> frozenset[str]:
        """Images and their tags."""
        return frozenset({"image", "image_tag"})

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """Images without path, split or class, or of several classes, and tags that make none."""
        from exporter_imagefolder.rules import rules

        return rules(ctx, records)

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, tags, and which images have which."""
        from exporter.vision.tables import classified_tables

        return classified_tables(ctx, records)

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """classes.json, the images in their folders, and metadata.json."""
        from exporter_imagefolder.tree import parts

        return parts(ctx, tables)

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Images, their classes by split, and what was found."""
        from exporter.vision.classified import classes_of_images
        from exporter.vision.sheet import draw

        return draw(ctx, tables, file, classified=classes_of_images)

    def exporter_check(
        self, file: Path, options: Options, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether loaders find images in each folder, and classes and splits can be learnt from."""
        from exporter_imagefolder.checks import check

        return check(file, receipts or {})

    def recognises(self, file: Path) -> bool:
        """Whether it is a zip or folder with images in folders of classes, and nothing that makes it another format's."""
        from exporter_imagefolder.files import recognised

        return recognised(file)

    def resembles(self, file: Path) -> bool:
        """No: that a file is a zip says nothing of what is in it."""
        return False
