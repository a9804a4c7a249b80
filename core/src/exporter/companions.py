"""What goes beside an artifact on request: a figure of what it holds, and a page about the run.

Both are drawn in the moment that the artifact shows, and published only with it. A preview has no artifact, but may have a figure.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from exporter import store
from exporter.blame import blamed
from exporter.cancel import Cancel
from exporter.errors import ExporterError, InputError
from exporter.events import Event
from exporter.page import Picture, render_page

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.format import Format
    from exporter.hooks import HookCaller
    from exporter.pipeline import Request
    from exporter.tables import Table

FIGURE = "exporter_figure"
KINDS = (".png", ".svg", ".pdf")
_ON_A_PAGE = (".svg", ".png")  # what browsers show; the first where no figure was asked for


@attrs.define
class Companions:
    """What was asked for, found to be possible before anything is read.

    :param figure: where the figure goes, or None.
    :param paged: whether there is a page.
    :param drawn: whether the page shows a figure; :param why_not: why it shows none.
    """

    figure: Path | None
    paged: bool
    force: bool
    drawn: bool = False
    why_not: str = ""
    _pictures: dict[str, Picture] = attrs.field(factory=dict)
    _draft: Path | None = None

    @contextlib.contextmanager
    def tidy(self, cancel: Cancel) -> Iterator[None]:
        """Until this ends, a figure may be half-way to its place; afterwards it is there or gone."""
        if self.figure is not None:
            self._draft = store.draft_beside(self.figure)
        with cancel.leaving(self._discard):
            try:
                yield
            finally:
                self._discard()

    def _discard(self) -> None:
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)

    def draw(self, ctx: ExportContext, hooks: HookCaller, tables: Sequence[Table]) -> None:
        """Draw, and bring the figure to the disk where it belongs: what fails there fails before anything is published.

        :raises InputError: when a figure was asked for and nobody drew one, or there is no room for it.
        """
        for kind in self._kinds():
            if not self._pictures:
                hooks.notify(ctx, Event("figure"))
                ctx.progress.begin("drawing")
            file = ctx.scratch / f"figure{kind}"
            words = hooks.figure(attrs.evolve(ctx, reader=ctx.reader.aside()), tables, file)
            ctx.cancel.check()
            if words is not None:
                self._pictures[kind] = Picture(file, words)
            elif self.figure is not None:
                raise _draws_nothing(ctx.format)
        if self.figure is None or self._draft is None:
            return
        try:
            store.copy_whole(self._pictures[_kind(self.figure)].file, self._draft)
        except OSError as error:
            message = f"The figure could not be written to {shown(self.figure)}: {error.strerror}. Nothing was published."
            raise InputError(message, hint="Give another --figure.") from None

    def publish(self, ctx: ExportContext, output: Path) -> Path:
        """Put the figure, the page and the report beside an artifact that is published.

        :returns: where the report is.
        :raises InputError: when one of them cannot go there. A figure that could not leaves the others in their places.
        """
        try:
            self.publish_figure(ctx)
        finally:
            self._publish_page(ctx, output)
            report = store.write_report(ctx.report.as_json(), output, ctx.scratch)
        return report

    def publish_figure(self, ctx: ExportContext) -> None:
        """Put the figure at its place.

        :raises InputError: when somebody has put another file there meanwhile.
        """
        if self.figure is not None and self._draft is not None:
            ctx.cancel.settled = True
            store.place(self._draft, self.figure, force=self.force)
            ctx.report.figure = shown(self.figure)

    def _publish_page(self, ctx: ExportContext, output: Path) -> None:
        """Put the page beside the artifact, once the report is complete but for the page itself."""
        if not self.paged:
            return
        picture = next((self._pictures[kind] for kind in _ON_A_PAGE if kind in self._pictures), None)
        title = next((_title(ctx, name) for name in ctx.source.family.documents), "")
        ctx.report.page = shown(store.page_path(output))
        store.write_page(render_page(ctx.report, title, picture, self.why_not), output, ctx.scratch)

    def _kinds(self) -> tuple[str, ...]:
        """The suffixes to draw; the page takes the figure where a browser can show it."""
        kinds = [_kind(self.figure)] if self.figure is not None else []
        if self.drawn and not any(kind in _ON_A_PAGE for kind in kinds):
            kinds.append(_ON_A_PAGE[0])
        return tuple(kinds)


def companions(request: Request, hooks: HookCaller, format: Format[Any], options: Any, output: Path | None) -> Companions:
    """What a request asks for beside the artifact.

    :param output: where the artifact goes; None in a preview.
    :raises InputError: for a figure that nobody can draw or that cannot go to its place.
    """
    figure, force = request.figure, request.force
    if figure is not None:
        _refuse_kind(figure)
        if output is not None:
            _refuse_apart(figure, output)
        store.refuse_figure(figure, force=force)
        if not hooks.answers(FIGURE):
            raise _draws_nothing(format)
        _prepare(format, options)
    elif force and output is None:
        raise InputError("A preview replaces nothing but a figure.", hint="Give --figure, or leave --force out.")
    if not request.page:
        return Companions(figure, False, force)
    assert output is not None
    if store.page_path(output).is_dir():
        raise InputError(
            f"{store.page_path(output)} is a folder, and the page belongs there.", hint="Give another --output."
        )
    if not hooks.answers(FIGURE):
        return Companions(figure, True, force)
    try:
        _prepare(format, options)
    except InputError as error:
        return Companions(figure, True, force, why_not=f"There is no figure: {error.message} {error.hint}".strip())
    return Companions(figure, True, force, drawn=True)


def shown(path: Path) -> str:
    """A path as the report shows it: a name may hold any bytes, JSON and pages may not."""
    return os.fsencode(path).decode("utf-8", "replace")


def _kind(figure: Path) -> str:
    return figure.suffix.lower()


def _refuse_kind(figure: Path) -> None:
    if _kind(figure) not in KINDS:
        raise InputError(
            f"A figure is {', '.join(KINDS[:-1])} or {KINDS[-1]}; '{shown(figure)}' is none of them.",
            hint="For instance: --figure out.png",
        )


def _refuse_apart(figure: Path, output: Path) -> None:
    """A figure at the place of the artifact or its report, or inside it, would not outlive the run."""
    place, taken = figure.resolve(), output.resolve()
    reports = (store.report_path(taken), store.page_path(taken))
    if place in (taken, *reports) or taken in place.parents:
        raise InputError(f"The figure cannot be at {shown(figure)}: the artifact is there.", hint="Give another --figure.")


def _draws_nothing(format: Format[Any]) -> ExporterError:
    return InputError(f"The format '{format.name}' draws no figure.", hint="Leave --figure out.")


def _prepare(format: Format[Any], options: Any) -> None:
    with blamed(f"Format '{format.name}' failed in prepare_figure"):
        format.prepare_figure(options)


def _title(ctx: ExportContext, document: str) -> str:
    return str(getattr(ctx.document(document), "title", "") or "")
