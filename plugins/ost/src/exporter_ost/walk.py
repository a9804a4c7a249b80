"""A file of the neutral dialect as a stream of elements: items go as soon as they have been looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from exporter_ost.prolog import DOCTYPE, root_of

ROOT, CONDITIONS, CONDITION, ITEMS, ITEM = "OSTProject", "Conditions", "Condition", "TakeoffItems", "TakeoffItem"


class NotReadable(Exception):
    """A file that is no takeoff, or must not be read; `code` is that of the finding."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def elements(file: Path) -> Iterator[tuple[str, Any]]:
    """What happens in a file, with the element that it happens to.

    `Conditions` where they begin, `TakeoffItems` where those of a condition begin, of which all that stands before them is there;
    `TakeoffItem` and `Condition` where one ends; at last `OSTProject` with all but the items. An item is gone afterwards.

    :raises NotReadable: when the file is not well-formed, has a DOCTYPE or another root.
    """
    found = root_of(file)
    if found != ROOT:
        code = "OST_DOCTYPE" if found == DOCTYPE else "OST_ROOT" if found else "OST_UNREADABLE"
        raise NotReadable(code, f"{file.name}: {found or 'no element'}")
    with file.open("rb") as opened:
        events = etree.iterparse(
            opened,
            events=("start", "end"),
            tag=(ROOT, CONDITIONS, CONDITION, ITEMS, ITEM),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            yield from _told(events)
        except etree.XMLSyntaxError as error:
            raise NotReadable("OST_UNREADABLE", f"{file.name}: {error.msg}") from None


def _told(events: Any) -> Iterator[tuple[str, Any]]:
    element = None
    for event, element in events:
        if (event == "start") == (element.tag in (CONDITIONS, ITEMS)):
            yield element.tag, element
        if event == "end" and element.tag == ITEM:
            _forget(element)
        elif event == "end" and element.tag == ITEMS:
            element.clear()
    if element is None or element.tag != ROOT:
        raise NotReadable("OST_ROOT", f"The root is {events.root.tag}.")


def _forget(item: Any) -> None:
    """Empty an item, and remove those before it; what stands behind it is not read yet."""
    items = item.getparent()
    item.clear(keep_tail=True)
    if items is not None and items.tag == ITEMS:
        items.text = None
        while items[0] is not item:
            del items[0]
