"""The sheets of both projects: what each is called, how large it is, its scale, and who draws on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

import attrs

from exporter_sample.database import Row
from exporter_sample.house_building import Lot
from exporter_sample.house_enlarged import interiors, metric, shed_elevations, shed_plan
from exporter_sample.house_floors import air, ceilings, finishes, plumbing, power
from exporter_sample.house_outside import gable_elevation, long_elevation, roof, site, utilities
from exporter_sample.house_shapes import Drawn, Frame
from exporter_sample.house_structure import floor_framing, foundation, hardware, roof_framing

Draw: TypeAlias = "Callable[[Lot, Frame], Iterator[Drawn]]"

_ARCH_D, _A2, _ARCH_C = (5400.0, 3600.0), (3508.0, 2480.0), (3600.0, 2700.0)  # pixels at 150 dpi
_DPI, _METRES = 150, 150 / 0.0254  # pixels for a metre at full size
_IN_GARAGE = {"slab": "garage slab", "exterior wall": "garage wall"}


@attrs.frozen
class Scale:
    """How large a page shows the building.

    :param pixels: for one unit of length in the building.
    :param unit: ft or m.
    """

    pixels: float
    unit: str
    words: str


_SITE = Scale(_DPI / 20, "ft", '1" = 20\'-0"')
_EIGHTH = Scale(_DPI / 8, "ft", '1/8" = 1\'-0"')
_THREE_SIXTEENTHS = Scale(_DPI * 3 / 16, "ft", '3/16" = 1\'-0"')
_QUARTER = Scale(_DPI / 4, "ft", '1/4" = 1\'-0"')
_HALF = Scale(_DPI / 2, "ft", '1/2" = 1\'-0"')
_FIFTIETH = Scale(_METRES / 50, "m", "1:50")


@attrs.frozen
class Sheet:
    """A sheet of a set of drawings.

    :param place: pixels from the left and from the top of the page to what is drawn.
    :param scale: None where the sheet has none: only what is counted is measured there.
    """

    number: str
    title: str
    scale: Scale | None
    place: tuple[float, float]
    draw: Draw
    size: tuple[float, float] = _ARCH_D

    def drawn(self, lot: Lot) -> Iterator[Drawn]:
        """What is measured on this sheet of a lot."""
        return self.draw(lot, Frame(*self.place, self.scale.pixels if self.scale else 1.0))

    def row(self, id: int, project: int, number: int, lot: Lot) -> Row:
        """The row of the host's table `pages`; the drawings of further lots say which."""
        sheet, title = self.number, self.title
        if lot.number:
            sheet, title = f"{sheet}-L{lot.number + 1}", f"{title}, lot {lot.number + 1}"
        scale = (self.scale.pixels, self.scale.unit, self.scale.words) if self.scale else (None, None, "Not to scale")
        return (id, project, number, sheet, title, *self.size, *scale)


def _in_garage(drawn: Iterable[Drawn]) -> Iterator[Drawn]:
    """The garage has conditions of its own for a few things."""
    for each in drawn:
        yield each._replace(condition=_IN_GARAGE.get(each.condition, each.condition))


def _house(draw: Callable[..., Iterator[Drawn]], **how: bool) -> Draw:
    return lambda lot, frame: draw(lot.house, frame, **how)


def _garage(draw: Callable[..., Iterator[Drawn]], **how: bool) -> Draw:
    return lambda lot, frame: _in_garage(draw(lot.garage, frame, **how))


def _storey(draw: Callable[..., Iterator[Drawn]], number: int) -> Draw:
    return lambda lot, frame: draw(lot.house, lot.house.storeys[number], frame)


def _both_storeys(draw: Callable[..., Iterator[Drawn]]) -> Draw:
    """One beside the other."""
    return lambda lot, frame: chain.from_iterable(
        draw(lot.house, storey, frame.moved(n * (lot.house.width + 16), 0)) for n, storey in enumerate(lot.house.storeys)
    )


def _garage_storey(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    storey, beside = lot.garage.storeys[0], frame.moved(lot.garage.width + 12, 0)
    return _in_garage(chain(finishes(lot.garage, storey, frame), power(lot.garage, storey, beside)))


def _garage_framing(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    yield from floor_framing(lot.garage, frame, stairs=False)
    yield from roof_framing(lot.garage, frame.moved(lot.garage.width + 12, 0))


def _roofs(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    yield from roof(lot.house, frame, solar=True)
    yield from roof(lot.garage, frame.moved(lot.house.width + 24, 0), solar=False)


def _long_elevations(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    yield from long_elevation(lot.house, frame, front=True)
    yield from long_elevation(lot.house, frame.moved(0, 48), front=False)


def _gable_elevations(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    yield from gable_elevation(lot.house, frame)
    yield from gable_elevation(lot.house, frame.moved(0, 52))


# The first project's, then the second's; each lot has them all.
SHEETS: tuple[tuple[Sheet, ...], ...] = (
    (
        Sheet("C-101", "Site plan", _SITE, (560, 420), site),
        Sheet("C-102", "Utilities & irrigation plan", _SITE, (560, 420), utilities),
        Sheet("S-101", "Foundation plan, house", _QUARTER, (640, 500), _house(foundation, stairs=True)),
        Sheet("S-102", "Foundation plan, garage", _QUARTER, (1300, 900), _garage(foundation, stairs=False)),
        Sheet("S-201", "Second floor framing plan", _QUARTER, (640, 500), _house(floor_framing, stairs=True)),
        Sheet("S-202", "Attic framing plan", _QUARTER, (640, 500), _house(floor_framing, stairs=False)),
        Sheet("S-203", "Roof framing plan", _QUARTER, (640, 500), _house(roof_framing)),
        Sheet("S-204", "Framing plans, garage", _QUARTER, (420, 900), _garage_framing),
        Sheet(
            "S-501", "Structural details: hold-downs, straps & anchors", None, (400, 300), lambda _, frame: hardware(frame)
        ),
        Sheet("A-101", "First floor plan", _QUARTER, (640, 500), _storey(finishes, 0)),
        Sheet("A-102", "Second floor plan", _QUARTER, (640, 500), _storey(finishes, 1)),
        Sheet("A-103", "Garage & workshop: floor and power plan", _QUARTER, (420, 900), _garage_storey),
        Sheet("A-121", "Reflected ceiling plans", _EIGHTH, (420, 900), _both_storeys(ceilings)),
        Sheet("A-131", "Roof plan", _EIGHTH, (560, 900), _roofs),
        Sheet("A-201", "North and south elevations", _THREE_SIXTEENTHS, (900, 700), _long_elevations),
        Sheet("A-202", "East and west elevations", _THREE_SIXTEENTHS, (1300, 900), _gable_elevations),
        Sheet("A-301", "Interior elevations", _HALF, (320, 260), interiors),
        Sheet("A-401", 'Kitchens & baths, "Maison Léonard" fittings', _FIFTIETH, (240, 240), metric, _A2),
        Sheet("M-101", "Air distribution plan, first floor", _QUARTER, (640, 500), _storey(air, 0)),
        Sheet("M-102", "Air distribution plan, second floor", _QUARTER, (640, 500), _storey(air, 1)),
        Sheet("E-101", "First floor power & lighting plan", _QUARTER, (640, 500), _storey(power, 0)),
        Sheet("E-102", "Second floor power & lighting plan", _QUARTER, (640, 500), _storey(power, 1)),
        Sheet("P-101", "Plumbing plans", _EIGHTH, (420, 900), _both_storeys(plumbing)),
    ),
    (
        Sheet("A-1", "Garden shed: plan & roof framing", _HALF, (225, 600), shed_plan, _ARCH_C),
        Sheet("A-2", "Garden shed: elevations", _HALF, (450, 350), lambda _, frame: shed_elevations(frame), _ARCH_C),
    ),
)
