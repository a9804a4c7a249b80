"""The rows of one image after another: the image, its tags, and every version of its annotations."""

from __future__ import annotations

from collections.abc import Iterator

from exporter_sample.database import Row, chance, utc, uuid4
from exporter_sample.street_plan import DETECTOR, STAGES, Image, Plan, Task
from exporter_sample.street_scene import OVERCAST, RAIN, Scene, scene
from exporter_sample.street_shapes import Box, Shape, Skeleton, encode
from exporter_sample.street_things import Thing
from exporter_sample.street_words import LABELS, TAGS

_EDITED, _EDITED_TWICE, _DELETED, _DETECTED = 0.125, 0.04, 0.05, 0.35
_MEASURED, _BOXED = 0.5, 0.65  # with box and area; with a box at least
_DRIVEN = ("car", "van")


class Rows:
    """Makes the rows, image after image in order; ids run on."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self._plan = plan
        self._seed = seed
        self._chance = chance("annotations", seed)
        self._random = self._chance.random
        self._tagged = self._annotations = 0
        self._images: list[Row] = []
        self._tags: list[Row] = []
        self._versions: tuple[list[Row], ...] = tuple([] for _ in STAGES)

    def image(self, number: int) -> None:
        """Make the rows of the image with this number, from 0."""
        found = scene(number, self._seed)
        task = self._plan.task_of(found.image)
        self._make_image(found, task)
        self._make_tags(found)
        if found.image.annotated:
            for place, thing in enumerate(found.things):
                self._make_annotation(found.image, task, place, thing)

    def take(self) -> Iterator[tuple[str, list[Row]]]:
        """Give the rows made since this was last called, by table; later versions after all first ones, as people made them."""
        yield "images", self._images
        yield "image_tags", self._tags
        rows = [row for version in self._versions for row in version]
        yield "annotations", [(self._annotations + n, *row) for n, row in enumerate(rows, 1)]
        self._annotations += len(rows)
        for made in (self._images, self._tags, *self._versions):
            made.clear()

    def _make_image(self, found: Scene, task: Task) -> None:
        image, camera = found.image, found.image.camera
        about = (image.number + 1, camera.dataset, task.id, task.job(0), image.path, camera.width, camera.height, image.size)
        self._images.append((*about, "image/jpeg", image.orientation, utc(image.taken(found.daytime))))

    def _make_tags(self, found: Scene) -> None:
        """One of each category; none for one image in nine, two words about the weather for one in fourteen."""
        number = found.image.number
        if number % 9 == 4:
            return
        words = [found.weather, found.daytime]
        if number % 14 == 6:
            words.append(OVERCAST if found.weather == RAIN else RAIN)
        for word in words:
            self._tagged += 1
            self._tags.append((self._tagged, number + 1, TAGS[word].id(found.image.camera.project)))

    def _make_annotation(self, image: Image, task: Task, place: int, thing: Thing) -> None:
        """The last version is the one that is right; those before it are some pixels off."""
        edits, deleted, detected, measured = (self._random() for _ in range(4))
        last = 2 if edits < _EDITED_TWICE else 1 if edits < _EDITED else 0
        uid, project, by_detector = uuid4(self._chance), image.camera.project, detected < _DETECTED
        ended = last + 2 if deleted < _DELETED else last + 1
        begins = [utc(self._plan.moment(image, task, stage, place)) for stage in range(ended)]
        for stage in range(last + 1):
            label, shape, ends, gone = thing.label, thing.shape, None, None
            if stage < last:
                label = "car" if label in _DRIVEN else label
                shape, ends = shape.moved(self._slip(), self._slip()), begins[stage + 1]
            elif stage + 1 < ended:
                gone = begins[stage + 1]
            by, score = task.person(stage), None
            if by_detector and stage == 0:
                by, score = DETECTOR, round(0.55 + 0.45 * self._random(), 4)
            about = (uid, stage + 1, image.number + 1, LABELS[label].id(project), task.job(stage))
            drawn = _columns(shape, measured, flat=project == 2)
            said = encode(thing.attributes) if thing.attributes else None
            row = (*about, *drawn, int(thing.crowd), score, said, by, begins[stage], ends, gone)
            self._versions[stage].append(row)

    def _slip(self) -> int:
        return int(3 * self._random()) + 1 if self._random() < 0.5 else -int(3 * self._random()) - 1


def _columns(shape: Shape, measured: float, *, flat: bool) -> Row:
    """From `shape_type` to `area`. What the platform can do without is there for a part of the rows only."""
    needed = isinstance(shape, (Box, Skeleton))
    box = shape.box if needed or measured < _BOXED else (None,) * 4
    area = shape.area if measured < _MEASURED else None
    angle = shape.angle if isinstance(shape, Box) else None
    points = shape.keypoints if isinstance(shape, Skeleton) else None
    return (shape.type, *box, angle, shape.text(flat), points, area)
