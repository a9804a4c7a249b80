"""The items of the neutral dialect: measurements, a batch at a time, one on a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from exporter.context import ExportContext
from exporter.report import Finding
from exporter.takeoff.data import Columns, Page, Takeoff
from exporter_ost.findings import found_in_run
from exporter_ost.markup import Markup, optional
from exporter_ost.shapes import Shapes

COLUMNS = (
    "measurement_id",
    "page_id",
    "geometry_type",
    "quantity",
    "unit",
    "pixel_length",
    "pixel_area",
    "is_ai_generated",
    "is_verified",
    "notes",
    "geometry",
)
_KEPT = 1_000  # pages whose elements are kept


@attrs.frozen(eq=False)
class _Batch:
    """The columns of some rows as they stand in elements; of one that the source lacks, empty texts."""

    given: Mapping[str, Sequence[str]]
    markup: Markup
    nothing: Sequence[str]

    def column(self, name: str) -> Sequence[str]:
        """The texts as they are."""
        return self.given.get(name, self.nothing)

    def texts(self, name: str) -> Sequence[str]:
        """The texts as they stand between tags."""
        return self.markup.texts(name, self.given[name]) if name in self.given else self.nothing

    def noted(self, tag: str, name: str) -> Sequence[str]:
        """An element for each text."""
        return optional(tag, self.texts(name)) if name in self.given else self.nothing

    def numbers(self, tag: str, name: str) -> Sequence[str]:
        """An element for each number."""
        return optional(tag, self.markup.numbers(name, self.given[name])) if name in self.given else self.nothing

    def flags(self, tag: str, name: str) -> Sequence[str]:
        """An element for each boolean."""
        if name not in self.given:
            return self.nothing
        elements = {"": ""} | {word: f"<{tag}>{word}</{tag}>" for word in ("true", "false")}
        return [elements[word] for word in self.markup.booleans(name, self.given[name])]


@attrs.frozen(eq=False)
class Items:
    """How measurements are written.

    :param columns: of measurements, in order. :param pages: by identifier.
    """

    columns: Sequence[str]
    pages: Mapping[str, Page]
    markup: Markup
    shapes: Shapes = attrs.field(factory=Shapes)
    _places: dict[str, tuple[str, str]] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, found: Takeoff, markup: Markup) -> Items:
        """Those of a takeoff."""
        return cls(found.columns, {page.page_id: page for page in found.pages}, markup)

    def encoded(self, columns: Columns) -> bytes:
        """The items of a batch, in UTF-8."""
        return self.lines(columns).encode()

    def lines(self, columns: Columns) -> str:
        """The items of a batch."""
        given = dict(zip(self.columns, columns, strict=True))
        batch = _Batch(given, self.markup, ("",) * len(columns[0]))
        ids = batch.column("measurement_id")
        lines = zip(
            self.markup.attributes("measurement_id", ids),
            self._where(batch.column("page_id")),
            batch.texts("geometry_type"),
            batch.column("quantity"),
            batch.texts("unit"),
            self._shapes(batch, ids),
            batch.numbers("PixelLength", "pixel_length"),
            batch.numbers("PixelArea", "pixel_area"),
            batch.flags("IsAIGenerated", "is_ai_generated"),
            batch.flags("IsVerified", "is_verified"),
            batch.noted("Notes", "notes"),
            strict=True,
        )
        return "".join(
            [
                f'<TakeoffItem id="{uid}">{before}<GeometryType>{kind}</GeometryType><Quantity>{quantity or "0.0"}</Quantity>'
                f"<Unit>{unit}</Unit>{shape}{after}{length}{area}{drawn}{verified}{notes}</TakeoffItem>\n"
                for uid, (before, after), kind, quantity, unit, shape, length, area, drawn, verified, notes in lines
            ]
        )

    def _shapes(self, batch: _Batch, ids: Sequence[str]) -> Sequence[str]:
        if "geometry" not in batch.given:
            return batch.nothing
        return self.shapes.column(batch.column("geometry_type"), batch.column("geometry"), ids)

    def _where(self, uids: Sequence[str]) -> Iterator[tuple[str, str]]:
        places = {uid: self._place(uid) for uid in dict.fromkeys(uids)}
        return map(places.__getitem__, uids)

    def _place(self, uid: str) -> tuple[str, str]:
        """What stands before and after an item's own elements for its page; of one that is not described, its identifier."""
        found = self._places.get(uid)
        if found is None:
            if len(self._places) >= _KEPT:
                self._places.clear()
            found = self._places[uid] = _place(self.markup, self.pages.get(uid) or Page(uid))
        return found

    def findings(self, ctx: ExportContext, part: str) -> Iterator[Finding]:
        """Geometries that were not written. Unknown types have been counted by a rule, where the run looks for faults."""
        for code, count in self.shapes.unread.items():
            if code != "GEOMETRY_TYPE_UNKNOWN" or not ctx.checked:
                yield found_in_run(code, count, self.shapes.examples[code], "measurement", part, "dropped")


def _place(markup: Markup, page: Page) -> tuple[str, str]:
    (number,), (sheet,), (uid,), (title,) = (
        optional(tag, markup.texts(tag, (text,)))
        for tag, text in (
            ("PageNumber", page.page_number),
            ("SheetNumber", page.sheet_number),
            ("PageId", page.page_id),
            ("SheetTitle", page.sheet_title),
        )
    )
    return number + sheet, uid + title
