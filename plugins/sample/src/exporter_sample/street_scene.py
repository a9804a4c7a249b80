"""What is in an image: weather, daytime, and things. Both its rows and its picture are made from this."""

from __future__ import annotations

import attrs

from exporter_sample.database import Dice, chance
from exporter_sample.street_above import AboveView
from exporter_sample.street_plan import DAY, DUSK, NIGHT, Image
from exporter_sample.street_side import SideView
from exporter_sample.street_things import Thing

SUNNY, OVERCAST, RAIN = "sunny", "overcast", "rain"


@attrs.frozen
class Scene:
    """One image.

    :param things: from the back to the front.
    """

    image: Image
    weather: str
    daytime: str
    things: tuple[Thing, ...]


def scene(number: int, seed: int) -> Scene:
    """The scene of the image with this number, from 0: the same for the same arguments."""
    image, dice = Image(number), Dice(chance(f"street {number}", seed))
    weather, daytime = dice.pick((SUNNY, SUNNY, OVERCAST, RAIN)), dice.pick((DAY, DAY, DAY, DUSK, NIGHT))
    view = AboveView if image.camera.above else SideView
    return Scene(image, weather, daytime, tuple(view(image, dice, weather == RAIN).things()))
