"""The neutral dialect: OSTProject, written as conditions and measurements pass.

A condition is written whole before its items, so that who reads the file as a stream knows it when they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from exporter.colours import colour_of
from exporter.context import ExportContext
from exporter.report import Finding
from exporter.tables import Table
from exporter.takeoff.data import Condition, Costs, Page, Project, Takeoff
from exporter.takeoff.words import narrowed_to
from exporter_ost.findings import found_in_run
from exporter_ost.items import Items
from exporter_ost.markup import Markup
from exporter_ost.project import only_project

PART = "takeoff.xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def document(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[bytes]:
    """The file, piece by piece.

    :raises InputError: where it would hold several projects.
    """
    found = Takeoff.of(ctx, tables)
    writer = _Writer()
    yield writer.head(only_project(ctx, found)).encode()
    items = Items.of(found, writer.markup)
    for condition, batches in found.columns_by_condition():
        yield writer.condition(condition).encode()
        yield from map(items.encoded, batches)
        yield b"</TakeoffItems>\n</Condition>\n"
    yield b"</Conditions>\n"
    yield from writer.pages(found.pages)
    yield f"{writer.information(ctx)}</OSTProject>\n".encode()
    for finding in (*items.findings(ctx, PART), *writer.findings()):
        ctx.report.add(finding)


@attrs.frozen(eq=False)
class _Writer:
    """All elements but items, and what was met on the way."""

    markup: Markup = attrs.field(factory=Markup)
    uncoloured: list[str] = attrs.field(factory=list)

    def head(self, project: Project) -> str:
        """What comes before the first condition."""
        one = self.markup.element
        return (
            f'{_HEAD}<OSTProject version="1.0" name="{self.markup.attribute("name", project.name)}">\n<ProjectInfo>\n'
            f"<Name>{self.markup.texts('Name', (project.name,))[0]}</Name>\n"
            f"{one('Description', project.description)}{one('Client', project.client)}{one('ProjectId', project.project_id)}"
            "</ProjectInfo>\n<Conditions>\n"
        )

    def condition(self, found: Condition) -> str:
        """A condition up to its items."""
        texts = self.markup.texts
        (name,), (kind,), (unit,) = (
            texts(tag, (text,))
            for tag, text in (("Name", found.title), ("Type", found.measurement_type), ("Unit", found.unit))
        )
        return (
            f'<Condition id="{self.markup.attribute("condition_id", found.condition_id)}">\n<Name>{name}</Name>\n'
            f"<Type>{kind}</Type>\n<Unit>{unit}</Unit>\n<Color>{self._colour(found)}</Color>\n"
            f"{self.markup.element('Description', found.description)}<TotalQuantity>{found.total!r}</TotalQuantity>\n"
            f"{self._further(found)}<TakeoffItems>\n"
        )

    def _further(self, found: Condition) -> str:
        """What the public system leaves out of a condition."""
        one, number = self.markup.element, self.markup.number
        return "".join(
            (
                one("Scope", found.scope),
                one("Category", found.category),
                number("Depth", found.depth),
                number("Thickness", found.thickness),
                one("Building", found.building),
                one("Area", found.area),
                one("Elevation", found.elevation),
                f"<MeasurementCount>{found.count}</MeasurementCount>\n",
                self._costs(found.costs, found.total) if found.costs is not None else "",
            )
        )

    def _costs(self, costs: Costs, total: float) -> str:
        number = self.markup.number
        kinds = "".join(number(f"{kind.capitalize()}UnitCost", cost) for kind, cost in costs.kinds.items())
        return (
            f"<Costs>\n{number('UnitCost', costs.unit_cost)}{kinds}{number('MarkupPercent', costs.markup_percent)}"
            f"{number('TotalCost', total * costs.marked_up)}</Costs>\n"
        )

    def _colour(self, found: Condition) -> str:
        colour = colour_of(found.colour, found.number)
        if found.colour.strip() and colour != colour_of(found.colour, found.number + 1):
            self.uncoloured.append(found.condition_id)
        return colour

    def pages(self, pages: Sequence[Page]) -> Iterator[bytes]:
        """The pages that the source describes, with what it takes to make sense of pixels."""
        if pages:
            yield b"<Pages>\n"
            yield from (self._page(page).encode() for page in pages)
            yield b"</Pages>\n"

    def _page(self, page: Page) -> str:
        one, number = self.markup.element, self.markup.number
        return "".join(
            (
                f'<Page id="{self.markup.attribute("page_id", page.page_id)}">\n',
                one("PageNumber", page.page_number),
                one("SheetNumber", page.sheet_number),
                one("SheetTitle", page.sheet_title),
                number("Width", page.width),
                number("Height", page.height),
                number("Scale", page.scale),
                one("ScaleUnit", page.scale_unit),
                one("ScaleText", page.scale_text),
                "</Page>\n",
            )
        )

    def information(self, ctx: ExportContext) -> str:
        """When the file was made, by what, and what was left out on purpose."""
        one = self.markup.element
        version = ctx.report.versions.get("exporter-ost", "")
        return (
            f"<ExportInfo>\n{one('ExportedAt', ctx.clock().isoformat(timespec='seconds'))}"
            f"{one('ExportedBy', f'exporter-ost {version}'.strip())}{one('Source', ctx.source.name)}"
            f"{''.join(one('Filter', words) for words in narrowed_to(ctx))}</ExportInfo>\n"
        )

    def findings(self) -> Iterator[Finding]:
        """What was changed, and colours that could not be read."""
        yield from self.markup.findings(PART)
        if self.uncoloured:
            yield found_in_run("COLOUR_UNKNOWN", len(self.uncoloured), self.uncoloured, "condition", PART, "replaced")
