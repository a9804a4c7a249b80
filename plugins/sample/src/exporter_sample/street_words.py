"""The words of the two projects: labels, tags, and the key points of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator

import attrs

from exporter_sample.database import Row

KEYPOINTS = (
    "head",
    "left shoulder",
    "right shoulder",
    "left hip",
    "right hip",
    "left hand",
    "right hand",
    "left foot",
    "right foot",
)
SKELETON = ((1, 2), (1, 3), (2, 3), (2, 4), (3, 5), (4, 5), (2, 6), (3, 7), (4, 8), (5, 9))


@attrs.frozen
class Word:
    """A label or a tag as one project has it. Ids have gaps: words came and went.

    :param above: the label's parent or the tag's category.
    """

    id: int
    name: str
    above: str


@attrs.frozen
class Named:
    """A colour, and the word in each project."""

    colour: str
    words: tuple[Word, Word]

    def id(self, project: int) -> int:
        """The id of the project's word."""
        return self.words[project - 1].id


# Labels by what is drawn. Nothing is labelled tram.
LABELS: dict[str, Named] = {
    "car": Named("#d1495b", (Word(3, "car", "vehicle"), Word(41, "bil", "køretøj"))),
    "van": Named("#edae49", (Word(4, "van", "vehicle"), Word(42, "varevogn", "køretøj"))),
    "bicycle": Named("#00798c", (Word(7, "bicycle", "vehicle"), Word(45, "cykel", "køretøj"))),
    "tram": Named("#7a5195", (Word(9, "tram", "vehicle"), Word(46, "sporvogn", "køretøj"))),
    "person": Named("#ff7f51", (Word(12, "person", "human"), Word(50, "person", "menneske"))),
    "house": Named("#8d6a9f", (Word(15, "house", "building"), Word(53, "hus", "bygning"))),
    "tree": Named("#2e8b57", (Word(16, "tree", "nature"), Word(54, "træ", "natur"))),
    "traffic light": Named("#f4d35e", (Word(20, "traffic light", "equipment"), Word(58, "trafiklys", "udstyr"))),
    "parking bay": Named("#3d5a80", (Word(21, "parking bay", "surface"), Word(60, "parkeringsbås", "flade"))),
    "puddle": Named("#6fa8c9", (Word(26, "puddle", "surface"), Word(61, "vandpyt", "flade"))),
    "roundabout": Named("#8c6d62", (Word(27, "roundabout", "surface"), Word(67, "rundkørsel", "flade"))),
}

_CATEGORIES: tuple[dict[str, int], ...] = ({"weather": 1, "time of day": 2}, {"vejr": 5, "lys": 6})
TAGS: dict[str, Named] = {
    "sunny": Named("#f9c74f", (Word(1, "sunny", "weather"), Word(21, "sol", "vejr"))),
    "overcast": Named("#adb5bd", (Word(2, "overcast", "weather"), Word(22, "overskyet", "vejr"))),
    "rain": Named("#577590", (Word(5, "rain", "weather"), Word(24, "regn", "vejr"))),
    "day": Named("#90e0ef", (Word(8, "day", "time of day"), Word(31, "dag", "lys"))),
    "dusk": Named("#f3722c", (Word(9, "dusk", "time of day"), Word(32, "tusmørke", "lys"))),
    "night": Named("#1d3557", (Word(11, "night", "time of day"), Word(34, "nat", "lys"))),
}


def label_rows() -> Iterator[Row]:
    """Make the rows of the host's table `labels`."""
    names, joints = json.dumps(KEYPOINTS), json.dumps(SKELETON)
    for project in (1, 2):
        for drawn, label in LABELS.items():
            word = label.words[project - 1]
            points = (names, joints) if drawn == "person" else (None, None)
            yield (word.id, project, word.name, word.above, label.colour, *points)


def category_rows() -> Iterator[Row]:
    """Make the rows of the host's table `tag_categories`."""
    for project in (1, 2):
        for name, id in _CATEGORIES[project - 1].items():
            yield (id, project, name)


def tag_rows() -> Iterator[Row]:
    """Make the rows of the host's table `tags`."""
    for project in (1, 2):
        for tag in TAGS.values():
            word = tag.words[project - 1]
            yield (word.id, _CATEGORIES[project - 1][word.above], word.name, tag.colour)
