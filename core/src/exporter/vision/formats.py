"""What formats of images have in common: one base for those that write annotations, one for those that write classes of images.

What is heavy is imported when a hook is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from exporter.format import Format
from exporter.vision.options import AnnotationOptions, ClassOptions, need_media

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table
    from exporter.vision.annotations import Drawn
    from exporter.vision.classified import Tagging
    from exporter.vision.geometry.shape import Shape

O = TypeVar("O")  # noqa: E741 - the options of a format
A = TypeVar("A", bound=AnnotationOptions)
C = TypeVar("C", bound=ClassOptions)


class _ImageFormat(Format[O]):
    """What both have in common.

    :cvar loads: modules that serializing needs; they are imported while the database counts.
    :cvar figures: the distribution whose extra `figures` brings what draws.
    """

    family = "vision"
    extension = "zip"
    media_type = "application/zip"
    loads: ClassVar[tuple[str, ...]] = ()
    figures: ClassVar[str] = "exporter-core"

    def options_for(self, options: O, source: Source) -> O:
        """Refuse a source without media, where image files are written."""
        if getattr(options, "include_images", True):
            need_media(source)
        return options

    def prepare_figure(self, options: O) -> None:
        """What draws is an extra of its own."""
        from exporter.figures import require

        require(self.figures)

    def warm(self, options: O) -> None:
        """Import what serializing needs."""
        for module in self.loads:
            import_module(module)

    def resembles(self, file: Path) -> bool:
        """No: that a file is a zip says nothing of what is in it."""
        return False


class AnnotationFormat(_ImageFormat[A]):
    """A format of images with their annotations. `exporter_serialize` is left to write; `exporter.vision.annotated` helps with it.

    Images without path, and annotations of other labels than those asked for, are left out and counted; so are images without
    annotations, where `only_annotated` says so. A figure shows the shapes as they are, or what `shown` makes of them.
    """

    identified = ("image", "label")
    loads = ("exporter.vision.annotated",)

    def reads(self, options: A) -> frozenset[str]:
        """Images, labels and annotations."""
        return frozenset({"image", "label", "annotation"})

    def followed(self, options: A, filtered: frozenset[str]) -> Mapping[str, str]:
        """Images follow their annotations where only annotated ones are wanted."""
        return {"image": "annotation"} if options.only_annotated else {}

    def is_by_split(self, options: A) -> bool:
        """Whether the artifact is made of splits, so that a source has to have them, and images of none are left out."""
        return False

    def shown(self, options: A) -> Callable[[Drawn], Shape | None] | None:
        """A function that gives the shape that is written of an annotation, None where none is; None where all are as they are."""
        return None

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out before any shape is read."""
        from exporter.vision import images, labels

        by_split = self.is_by_split(ctx.options)
        return [*images.rules(ctx, records, by_split=by_split), *labels.rules(ctx, records)]

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, and annotations in the order of their images."""
        from exporter.vision.tables import tables

        return tables(ctx, records)

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Images with their shapes, classes by split, and what was found."""
        from exporter.vision.sheet import draw

        return draw(ctx, tables, file, shown=self.shown(ctx.options))


class ClassFormat(_ImageFormat[C]):
    """A format of images with their classes, which are made of tags. `exporter_serialize` is left to write.

    Images without path, split or class, and tags that make no class, are left out and counted.
    """

    modes = ("classification",)
    identified = ("image", "tag")
    loads = ("exporter.vision.classified",)

    def options_for(self, options: C, source: Source) -> C:
        """Refuse a source without media where image files are written, options of the other mode, and a mapping that is none."""
        from exporter.vision.classes import check_options

        options = super().options_for(options, source)
        check_options(options)
        return options

    def reads(self, options: C) -> frozenset[str]:
        """Images and their tags."""
        return frozenset({"image", "image_tag"})

    def further_rules(self, tagging: Tagging) -> Sequence[Rule]:
        """Rules of the format's own on the images of `tagging.records` and their classes."""
        return ()

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out before any image is read."""
        from exporter.vision import images
        from exporter.vision.classified import Tagging

        found = images.rules(ctx, records, by_split=images.has_splits(ctx, records))
        tagging = Tagging.of(ctx, records)
        return [*found, *tagging.rules(), *self.further_rules(tagging)]

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, tags, and which images have which."""
        from exporter.vision.tables import classified_tables

        return classified_tables(ctx, records)

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Images, their classes by split, and what was found."""
        from exporter.vision.classified import classes_of_images
        from exporter.vision.sheet import draw

        return draw(ctx, tables, file, classified=classes_of_images)
