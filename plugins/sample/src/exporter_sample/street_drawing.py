"""How a scene is drawn: sky and ground first, then one thing after another."""

from __future__ import annotations

from exporter_sample.street_above import PARKING, ROAD, crossing
from exporter_sample.street_brush import Brush, darker, lighter
from exporter_sample.street_objects import Light, draw_thing
from exporter_sample.street_plan import DAY, DUSK, NIGHT
from exporter_sample.street_scene import OVERCAST, RAIN, SUNNY, Scene
from exporter_sample.street_side import HORIZON, KERB, MIDDLE, PAVEMENT
from exporter_sample.street_things import Scale

# Above and at the horizon.
_SKIES = {
    (DAY, SUNNY): ("#5fa8e0", "#d4ecf7"),
    (DAY, OVERCAST): ("#9fb0bb", "#dfe5e7"),
    (DAY, RAIN): ("#76889a", "#b7c3ca"),
    (DUSK, SUNNY): ("#454b82", "#f5ab6c"),
    (DUSK, OVERCAST): ("#54557a", "#d39f8c"),
    (DUSK, RAIN): ("#474b66", "#9d8a8f"),
    (NIGHT, SUNNY): ("#0e1830", "#34497a"),
    (NIGHT, OVERCAST): ("#161e33", "#3a4763"),
    (NIGHT, RAIN): ("#131a29", "#2d3950"),
}
_ROADS = {DAY: "#6a6d73", DUSK: "#5a5863", NIGHT: "#3b3f4d"}
_PAVEMENTS = {DAY: "#bdb8ae", DUSK: "#9c9191", NIGHT: "#636877"}
_GRASS = {DAY: "#8db36c", DUSK: "#76895e", NIGHT: "#3d584a"}
_MARKS = "#e6e3d8"


def draw(scene: Scene, brush: Brush) -> None:
    """Draw it onto a canvas of the image's size."""
    ground = _Ground(scene, brush)
    if scene.image.camera.above:
        ground.from_above()
    else:
        ground.at_eye_level()
    light = Light(Scale(scene.image), scene.daytime, scene.image.camera.above)
    for thing in scene.things:
        draw_thing(brush, thing, light)


class _Ground:
    """What things stand on, and what is behind them."""

    def __init__(self, scene: Scene, brush: Brush) -> None:
        self._scene = scene
        self._brush = brush
        self._px = Scale(scene.image)
        wet = 18 if scene.weather == RAIN else 0
        self._road = darker(_ROADS[scene.daytime], wet)
        self._pavement = darker(_PAVEMENTS[scene.daytime], wet)
        self._grass = darker(_GRASS[scene.daytime], wet)

    # --- at eye level

    def at_eye_level(self) -> None:
        """Sky, houses far away, pavement and road."""
        px, brush, width = self._px, self._brush, self._px.width
        upper, lower = _SKIES[self._scene.daytime, self._scene.weather]
        brush.fade(0, px(HORIZON), width, upper, lower)
        self._draw_sky(lower)
        self._draw_skyline(darker(lower, 22))
        brush.box(0, px(HORIZON), width, px(PAVEMENT) - px(HORIZON), self._grass)
        brush.box(0, px(PAVEMENT - 3), width, px(KERB) - px(PAVEMENT - 3), self._pavement)
        brush.fade(px(KERB), px.height, width, darker(self._road, 8), lighter(self._road, 6))
        brush.box(0, px(KERB), width, px(2), lighter(self._pavement, 30))
        for x in range(-px(self._scene.image.shot * 11 % 40), width, px(40)):
            brush.box(x, px(MIDDLE) - 1, px(20), px(2), _MARKS)

    def _draw_sky(self, horizon: str) -> None:
        px, brush, number = self._px, self._brush, self._scene.image.number
        x = px(40 + number * 37 % 240)
        if self._scene.weather == RAIN:
            for n in range(60):
                a, b = px(number * 13 + n * 61) % self._px.width, px(4 + n * 43 % (HORIZON - 14))
                brush.line(((a, b), (a - 2, b + px(7))), 1 / 3, lighter(horizon, 35))
        elif self._scene.daytime == NIGHT:
            for n in range(40):
                brush.disc(px(number * 7 + n * 59) % self._px.width, px(3 + n * 31 % 90), 0.6 + n % 3 / 4, "#d8dff0")
            brush.disc(x, px(26), px(9), "#f3edd2")
        elif self._scene.weather == SUNNY:
            brush.disc(x, px(26 if self._scene.daytime == DAY else 84), px(11), "#fff1b8")
        if self._scene.weather != SUNNY or number % 2:
            for n in range(3):
                self._draw_cloud(px(30 + (number * 53 + n * 113) % 300), px(20 + n * 14), lighter(horizon, 15))

    def _draw_cloud(self, x: int, y: int, colour: str) -> None:
        for across, down, size in ((-14, 2, 7), (-4, -2, 10), (8, 0, 9), (17, 3, 6)):
            self._brush.oval(x + self._px(across), y + self._px(down), self._px(size + 3), self._px(size) * 0.7, colour)

    def _draw_skyline(self, colour: str) -> None:
        px = self._px
        for n in range(px.width // px(24) + 1):
            height = 12 + (self._scene.image.number + n) * 29 % 34
            self._brush.box(n * px(24), px(HORIZON - height), px(24), px(height + 2), lighter(colour, n * 7 % 3 * 5))

    # --- from above

    def from_above(self) -> None:
        """Grass, parking, and two roads that meet."""
        px, brush = self._px, self._brush
        width, (x, y) = px.width, crossing(self._scene.image)
        top, bottom = map(px, ROAD)
        half = (bottom - top) // 2
        brush.box(0, 0, width, px.height, self._grass)
        for n in range(90):
            brush.disc(n * 97 % width, n * 61 % px.height, 1 + n % 3 / 2, darker(self._grass, 8))
        brush.box(0, px(PARKING[0]), width, px(PARKING[1] - PARKING[0]), lighter(self._road, 8))
        brush.box(0, px(PARKING[1]), width, px(5), self._pavement)
        for edge, colour in ((px(4), self._pavement), (0, self._road)):
            brush.box(0, top - edge, width, bottom - top + 2 * edge, colour)
            brush.box(x - half - edge, y, 2 * (half + edge), px.height - y, colour)
        brush.box(x - half, y - half, 2 * half, 2 * half, self._road)
        for a in range(0, width, px(18)):
            brush.box(a, y - 1, px(9), 2, _MARKS)
        for b in range(bottom, px.height, px(18)):
            brush.box(x - 1, b, 2, px(9), _MARKS)
