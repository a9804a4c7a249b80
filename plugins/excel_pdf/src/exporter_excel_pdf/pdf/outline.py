"""Bookmarks: the tree that viewers show beside the pages (ISO 32000-1, section 12.3.3)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from exporter_excel_pdf.pdf.objects import Objects, Ref, dictionary, number, refer, text_string

_LONGEST = 200  # characters of a bookmark
_ELLIPSIS = "…"


@attrs.frozen
class Bookmark:
    """A place of the report.

    :param name: by which links find it; :param above: the titles that it stands under.
    :param key: of its page; :param y: its height there, in points.
    """

    name: str
    title: str
    above: tuple[str, ...]
    key: tuple[int, ...]
    page: Ref
    y: float

    @property
    def destination(self) -> str:
        """The place as viewers are sent to it."""
        return f"[{refer(self.page)} /XYZ null {number(self.y)} null]"


@attrs.define(eq=False)
class _Open:
    """An entry that is written once what comes after it is known."""

    ref: Ref
    title: str
    entries: dict[str, object]
    count: int = 0


def write_outline(objects: Objects, bookmarks: Sequence[Bookmark]) -> Ref:
    """Write bookmarks in the order of their pages; memory holds those alone that stand above one another."""
    root = _Open(objects.reserve(), "", {"Type": "/Outlines"})
    trail = [root]
    for bookmark in sorted(bookmarks, key=lambda each: each.key):
        depth = 0
        above = bookmark.above
        while depth < len(above) and depth + 1 < len(trail) and trail[depth + 1].title == above[depth]:
            depth += 1
        for title in (*above[depth:], bookmark.title):
            _open(objects, trail, depth, title, bookmark)
            depth += 1
    _close(objects, trail, 0)
    root.entries["Count"] = root.count  # what is below is folded
    objects.add(dictionary(root.entries), root.ref)
    return root.ref


def _open(objects: Objects, trail: list[_Open], depth: int, title: str, bookmark: Bookmark) -> None:
    """A new last entry below that of a depth."""
    parent, ref = trail[depth], objects.reserve()
    entries: dict[str, object] = {
        "Title": text_string(_short(title)),
        "Parent": refer(parent.ref),
        "Dest": bookmark.destination,
    }
    if depth + 1 < len(trail):
        trail[depth + 1].entries["Next"] = refer(ref)
        entries["Prev"] = refer(trail[depth + 1].ref)
    _close(objects, trail, depth)
    parent.entries.setdefault("First", refer(ref))
    parent.entries["Last"] = refer(ref)
    parent.count += 1
    trail.append(_Open(ref, title, entries))


def _close(objects: Objects, trail: list[_Open], depth: int) -> None:
    """Write all entries below a depth."""
    while len(trail) > depth + 1:
        done = trail.pop()
        if done.count:
            done.entries["Count"] = -done.count  # folded
        objects.add(dictionary(done.entries), done.ref)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1] + _ELLIPSIS
