"""What a street database of a given size holds: cameras, data sets, tasks and jobs, by arithmetic alone.

Nothing here is random or kept: any image can be asked for, so that memory stays flat whatever the size. What an image is follows
from its number, from 0; only its task depends on how many there are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cached_property

import attrs

from exporter_sample.database import Row, divided_up, utc

PROJECTS = (
    (1, "Crossroads", "Made-up pictures of a crossroads, for trying out detectors of traffic"),
    (2, "Østerbro", "Opdigtede billeder af gader på Østerbro"),
)
DATASETS = (
    (1, 1, "Eye level", "Two cameras at the crossroads, across the street from each other"),
    (2, 1, "Mast", "The crossroads from above"),
    (3, 2, "Gadeplan", "Et kamera over for husene"),
    (4, 2, "Tag", "Gaden set fra et tag"),
)
STAGES = ("annotation", "review", "correction")
DETECTOR = "detector 2.1"
PEOPLE = ("ida.holm", "amir.rahimi", "june.park", "søren.kjær")
DAY, DUSK, NIGHT = "day", "dusk", "night"
_HOURS = {DAY: 9, DUSK: 19, NIGHT: 22}
_FIRST_DAY, _FIRST_JOB = dt.datetime(2024, 5, 1, tzinfo=dt.UTC), dt.datetime(2025, 6, 2, 8, tzinfo=dt.UTC)
_DAYS, _WEEK = 365, dt.timedelta(days=7)
_SPLITS = ("train", "val", "test", "train", "train", "train", "val", "train", "train", "train")
_UNDECIDED = (3, 4)  # the fourth task of ten of the fourth data set belongs to no split
_FEWEST_SHOTS, _MOST_SHOTS = 3, 100


@attrs.frozen
class Camera:
    """A camera gives pictures of one size, in a folder of its own.

    :param above: whether it looks down on the street.
    """

    path: str
    dataset: int
    above: bool
    width: int
    height: int

    @property
    def project(self) -> int:
        """The project of its data set."""
        return DATASETS[self.dataset - 1][1]


CAMERAS = (
    Camera("cam-north/{:04d}.jpg", 1, False, 480, 320),
    Camera("cam-mast/mast-{:04d}.jpg", 2, True, 320, 240),
    Camera("cam-østerbro/{:04d}.jpg", 3, False, 320, 240),
    Camera("cam-roof/roof-{:04d}.jpg", 4, True, 480, 320),
    Camera("cam-south/{:04d}.jpg", 1, False, 480, 320),
)


@attrs.frozen
class Image:
    """The image with this number, from 0. All cameras take one in turn."""

    number: int

    @property
    def camera(self) -> Camera:
        """What took it."""
        return CAMERAS[self.number % len(CAMERAS)]

    @property
    def shot(self) -> int:
        """Which of its camera's images it is, from 0."""
        return self.number // len(CAMERAS)

    @property
    def path(self) -> str:
        """Folder and name of the file."""
        return self.camera.path.format(self.shot + 1)

    @property
    def orientation(self) -> int:
        """EXIF orientation: 6 for some 2 % (the first row of the file's pixels is the right-hand side), else 1."""
        return 6 if self.number % 47 == 23 else 1

    @property
    def size(self) -> int:
        """Bytes of the file: some twice of what a picture needs; it is filled up to this."""
        return self.camera.width * self.camera.height // 3 + self.number * 7919 % 8191

    @property
    def annotated(self) -> bool:
        """Whether somebody has looked at it: one in twelve waits still."""
        return self.number % 12 != 7

    def taken(self, daytime: str) -> dt.datetime:
        """When the picture was taken: on one day after another of a year, and then again."""
        year, day = divmod(self.shot, _DAYS)
        return _FIRST_DAY + dt.timedelta(days=day, hours=_HOURS[daytime], minutes=self.number % 60, seconds=year % 60)


def image_at(path: str) -> Image | None:
    """Find the image with this path, or None."""
    for place, camera in enumerate(CAMERAS):
        pattern = re.escape(camera.path).replace(re.escape("{:04d}"), "([0-9]{4,9})")
        if found := re.fullmatch(pattern, path):
            image = Image((int(found[1]) - 1) * len(CAMERAS) + place)
            return image if image.number >= 0 and image.path == path else None
    return None


@attrs.frozen
class Task:
    """Some shots of a data set's cameras. Tasks of one round are of the same shots.

    :param round: from 0.
    """

    id: int
    dataset: int
    round: int

    @property
    def split(self) -> str:
        """The split of its images."""
        turn = self.round % len(_SPLITS)
        return "none" if (turn, self.dataset) == _UNDECIDED else _SPLITS[turn]

    @property
    def row(self) -> Row:
        """The row of the host's table `tasks`."""
        _, project, name, _ = DATASETS[self.dataset - 1]
        return (self.id, project, self.dataset, f"{name} {self.round + 1}", self.split)

    def job(self, stage: int) -> int:
        """The id of its job of a stage, from 0."""
        return (self.id - 1) * len(STAGES) + stage + 1

    def begun(self, stage: int) -> dt.datetime:
        """When a stage begins. What follows the last stage is maintenance."""
        return _FIRST_JOB + dt.timedelta(days=self.round % _DAYS) + stage * _WEEK

    def jobs(self) -> Iterator[Row]:
        """Make the rows of the host's table `jobs`."""
        for stage, name in enumerate(STAGES):
            yield (self.job(stage), self.id, name, self.person(stage), utc(self.begun(stage)))

    def person(self, stage: int) -> str:
        """Who works on a stage."""
        return PEOPLE[(self.id + stage) % len(PEOPLE)]


@attrs.frozen
class Plan:
    """Which tasks so many images need."""

    images: int

    @cached_property
    def shots(self) -> int:
        """How many shots of each camera are in a task."""
        all_shots = divided_up(self.images, len(CAMERAS))
        return min(max(divided_up(all_shots, len(_SPLITS)), _FEWEST_SHOTS), _MOST_SHOTS)

    def task_of(self, image: Image) -> Task:
        """The task that an image belongs to."""
        turn, dataset = image.shot // self.shots, image.camera.dataset
        return Task(turn * len(DATASETS) + dataset, dataset, turn)

    def tasks(self) -> Iterator[Task]:
        """Give the tasks that have an image."""
        firsts = {camera.dataset: place for place, camera in reversed(list(enumerate(CAMERAS)))}
        for first in range(0, self.images, self.shots * len(CAMERAS)):
            for _, place in sorted(firsts.items()):
                if first + place < self.images:
                    yield self.task_of(Image(first + place))

    def moment(self, image: Image, task: Task, stage: int, place: int) -> dt.datetime:
        """When somebody works on the annotation at a place, from 0, of an image of a task, in a stage."""
        return task.begun(stage) + dt.timedelta(minutes=4 * (image.shot % self.shots), seconds=9 * place)
