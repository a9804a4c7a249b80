"""The format `imagefolder`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.errors import InputError
from exporter.options import option
from exporter.vision.formats import ClassFormat
from exporter.vision.options import ClassOptions, SplitOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.source import Source
    from exporter.tables import Table
    from exporter.vision.classified import Tagging


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


class ImageFolder(ClassFormat[Options]):
    """A folder of images for each class, in a folder for each split, for torchvision, Keras, Hugging Face datasets and others."""

    name = "imagefolder"
    title = "ImageFolder"
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"image_folder": {}}
    loads = ("exporter_imagefolder.tree",)
    figures = "exporter-imagefolder"

    def options_for(self, options: Options, source: Source) -> Options:
        """Refuse a source without images, links in a zip, options of the other mode, and a mapping that is none."""
        options = super().options_for(options, source)
        if options.link != "copy" and options.packaging != "folder":
            raise InputError(
                f"The option 'link' is for folders; a {options.packaging} holds files.", hint="Give --packaging folder, too."
            )
        return options

    def further_rules(self, tagging: Tagging) -> Sequence[Rule]:
        """What becomes of images of several classes."""
        from exporter_imagefolder.rules import several

        return [several(tagging)]

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """classes.json, the images in their folders, and metadata.json."""
        from exporter_imagefolder.tree import parts

        return parts(ctx, tables)

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
