"""The pages of a report as they become objects of the file: in the order of their keys, numbered once their count is known.

A page is written when the next one begins; what stays in memory of it is its number, its links and where it belongs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import IO

import attrs

from exporter_excel_pdf.pdf.fonts import Fonts
from exporter_excel_pdf.pdf.objects import Objects, Ref, array, dictionary, moment, number, refer, text_string
from exporter_excel_pdf.pdf.outline import Bookmark, write_outline
from exporter_excel_pdf.pdf.sheet import GREY, MARGIN, Sheet

Key = tuple[int, ...]
_FOOTER = 7.5  # points
_LEAF = 64  # names in a leaf of their tree
_LONGEST_TITLE = 250  # characters: titles of windows are cut anyway


@attrs.frozen
class _Written:
    """A page that is in the file but for its dictionary."""

    key: Key
    ref: Ref
    size: tuple[float, float]
    content: Ref
    links: tuple[Ref, ...]


@attrs.define(eq=False)
class Document:
    """A PDF file in the making.

    :param size: width and height of its pages, in points; of those that are turned it is the other way round.
    """

    _file: IO[bytes]
    fonts: Fonts
    size: tuple[float, float]
    objects: Objects = attrs.field(init=False)
    _written: list[_Written] = attrs.field(factory=list, init=False)
    _bookmarks: list[Bookmark] = attrs.field(factory=list, init=False)
    _open: tuple[Key, Ref, Sheet] | None = attrs.field(default=None, init=False)
    _resources: Ref = attrs.field(init=False)
    _tree: Ref = attrs.field(init=False)
    _images: dict[str, Ref] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.objects = Objects(self._file)
        self._resources, self._tree = self.objects.reserve(), self.objects.reserve()

    def begin(self, key: Key, *, turned: bool = False) -> Sheet:
        """A new page, after that which is open.

        :param key: pages come in the order of their keys, and then of their making.
        """
        self._close()
        width, height = self.size
        sheet = Sheet((height, width) if turned else self.size)
        self._open = key, self.objects.reserve(), sheet
        return sheet

    def target(self, name: str, y: float, title: str, above: tuple[str, ...] = ()) -> None:
        """Let links and a bookmark lead to a height of the open page.

        :param above: the bookmarks that it stands under.
        """
        assert self._open is not None
        key, ref, _ = self._open
        self._bookmarks.append(Bookmark(name, title, above, key, ref, y))

    def image(self, name: str, ref: Ref) -> None:
        """Let pages show an image by its name."""
        self._images[name] = ref

    def finish(self, title: str, subject: str, when: dt.datetime) -> int:
        """Write what is known at the end; how many pages there are."""
        self._close()
        pages = sorted(self._written, key=lambda page: page.key)
        for place, page in enumerate(pages, 1):
            self._page(page, f"Page {place} of {len(pages)}", f"{when:%Y-%m-%d}")
        kids = array(refer(page.ref) for page in pages)
        self.objects.add(dictionary({"Type": "/Pages", "Kids": kids, "Count": len(pages)}), self._tree)
        self.objects.add(self._shared(), self._resources)
        catalog = {"Type": "/Catalog", "Pages": refer(self._tree), "Names": self._names(), "PageMode": "/UseOutlines"}
        if self._bookmarks:
            catalog["Outlines"] = refer(write_outline(self.objects, self._bookmarks))
        catalog["ViewerPreferences"] = dictionary({"DisplayDocTitle": "true"})
        about = {"Title": text_string(title[:_LONGEST_TITLE]), "Subject": text_string(subject[:_LONGEST_TITLE])}
        about |= {"Producer": "(Exporter)", "CreationDate": moment(when), "ModDate": moment(when)}
        self.objects.finish(self.objects.add(dictionary(catalog)), self.objects.add(dictionary(about)))
        return len(pages)

    def _close(self) -> None:
        if self._open is None:
            return
        key, ref, sheet = self._open
        links = tuple(self.objects.add(_link(area, name)) for area, name in sheet.links)
        self._written.append(_Written(key, ref, sheet.size, self.objects.stream(sheet.content()), links))
        self._open = None

    def _page(self, page: _Written, place: str, date: str) -> None:
        """The dictionary of a page, with a foot that says which of how many it is."""
        foot = Sheet(page.size)
        width, _ = page.size
        foot.text(self.fonts.regular.line(date), MARGIN, MARGIN / 2, _FOOTER, GREY)
        foot.right(self.fonts.regular.line(place), width - MARGIN, MARGIN / 2, _FOOTER, GREY)
        content = array((refer(page.content), refer(self.objects.stream(foot.content()))))
        box = array(number(side) for side in (0, 0, *page.size))
        entries = {"Type": "/Page", "Parent": refer(self._tree), "MediaBox": box, "Contents": content}
        entries["Resources"] = refer(self._resources)
        if page.links:
            entries["Annots"] = array(map(refer, page.links))
        self.objects.add(dictionary(entries), page.ref)

    def _shared(self) -> str:
        """What all pages may name: fonts, images, states and patterns."""
        clear = dictionary({"Type": "/ExtGState", "ca": "0.35"})
        full = dictionary({"Type": "/ExtGState", "ca": "1"})
        entries = {"Font": self.fonts.embed(self.objects), "ExtGState": dictionary({"Clear": clear, "Full": full})}
        entries["ColorSpace"] = dictionary({"Hatched": "[/Pattern /DeviceRGB]"})
        entries["Pattern"] = dictionary({"Hatch": refer(self._hatch())})
        entries["XObject"] = dictionary({name: refer(ref) for name, ref in self._images.items()})
        return dictionary(entries)

    def _hatch(self) -> Ref:
        """Lines that rise to the right, in the colour that is given with them (section 8.7.3.3)."""
        entries = {"Type": "/Pattern", "PatternType": 1, "PaintType": 2, "TilingType": 1, "BBox": "[0 0 4 4]"}
        entries |= {"XStep": 4, "YStep": 4, "Resources": "<<>>"}
        return self.objects.stream(b"0.6 w 2 J 0 0 m 4 4 l S -1 3 m 1 5 l S 3 -1 m 5 1 l S", entries)

    def _names(self) -> str:
        """The name tree of what links lead to (section 7.9.6)."""
        named = sorted(self._bookmarks, key=lambda each: each.name)
        leaves = []
        for begin in range(0, len(named), _LEAF):
            leaf = named[begin : begin + _LEAF]
            entries = {"Limits": f"[({leaf[0].name}) ({leaf[-1].name})]"}
            entries["Names"] = array(f"({each.name}) {each.destination}" for each in leaf)
            leaves.append(self.objects.add(dictionary(entries)))
        return dictionary({"Dests": dictionary({"Kids": array(map(refer, leaves))})})


def _link(area: Sequence[float], name: str) -> str:
    box = array(map(number, area))
    return dictionary({"Type": "/Annot", "Subtype": "/Link", "Rect": box, "Border": "[0 0 0]", "Dest": f"({name})"})
