"""What is left in the end: images with annotations that are written, images without any, or nothing at all."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

import attrs

from exporter.accounts import NO_ROWS
from exporter.context import ExportContext
from exporter.errors import ExporterError
from exporter.report import Finding
from exporter.vision.images import Images, Picture


@attrs.define(eq=False)
class Annotated:
    """The images that have an annotation: noted while annotations come, in the order of their images. Eight bytes for each."""

    images: Images
    _numbers: array[int] = attrs.field(factory=lambda: array("q"), init=False)

    def note(self, numbers: Iterable[int]) -> None:
        """The images of annotations that are written, by number."""
        for number in numbers:
            if not self._numbers or self._numbers[-1] != number:
                self._numbers.append(number)

    def kept(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """Those of all images, in their order, that have one; the others are left out once all have gone by.

        :raises ExporterError: when annotations came in another order, which is a fault of ours.
        """
        numbers = iter(self._numbers)
        at = next(numbers, None)
        bare = []
        for picture in pictures:
            if picture.number == at:
                at = next(numbers, None)
                yield picture
            else:
                bare.append(picture)
        if at is not None:
            raise out_of_order()
        leave_bare(self.images, bare)


def out_of_order() -> ExporterError:
    """A fault of ours: what belongs to images has to come as they do."""
    return ExporterError("The database gave annotations in another order than their images.")


def leave_bare(images: Images, bare: Sequence[Picture]) -> None:
    """Leave out images of which no annotation is written."""
    if bare:
        images.leave_out(
            bare, "IMAGE_NOT_ANNOTATED", "No annotation of the image is written; it was left out.", level="info"
        )


def note_nothing(ctx: ExportContext, *, annotated: bool) -> None:
    """An artifact without images or annotations is an answer, but hardly what was meant.

    :param annotated: whether the format writes annotations.
    """
    counted = ctx.report.records.get("annotation")
    if not ctx.report.records["image"].written:
        if not any(finding.code == NO_ROWS for finding in ctx.report.findings):
            message = "Not a single image is left; are filters, splits and options right?"
            ctx.report.add(Finding("warning", "NO_IMAGES", message))
    elif annotated and (counted is None or not counted.written):
        message = "Not a single annotation is left; are filters and options right?"
        ctx.report.add(Finding("warning", "NO_ANNOTATIONS", message))
