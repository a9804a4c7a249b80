"""The key points of poses: one number of points for the whole data set, and which of them change places in a mirror."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

import attrs

from exporter.vision.labels import Category

_SIDES = {"left": "right", "right": "left", "l": "r", "r": "l"}
_ANYWHERE = re.compile("left|right", re.IGNORECASE)
_WORDS = re.compile(  # left_eye, eye_L, leftEye, eyeLeft; not bright
    r"(?<![A-Za-z])(?:[Ll]eft|LEFT|[Rr]ight|RIGHT|[LlRr])(?![A-Za-z])|(?<=[a-z])(?:Left|Right|[LR])(?![a-z])"
    r"|(?<![A-Za-z])(?:[Ll]eft|[Rr]ight|[lr])(?=[A-Z])"
)


@attrs.define
class Pose:
    """What the poses of a data set share.

    :param points: how many each has; 0 while that is not known, where no class says so: then the first annotation does.
    :param declared: whether classes say how many points they have.
    :param flip: for each point the one that it becomes in a mirror; None where names do not tell.
    """

    points: int
    declared: bool
    flip: tuple[int, ...] | None = None

    @classmethod
    def of(cls, categories: Collection[Category]) -> Pose:
        """As most classes with key points have it, of as many the first."""
        counts = Counter(len(each.keypoints) for each in categories if each.keypoints)
        if not counts:
            return cls(0, declared=False)
        points = counts.most_common(1)[0][0]
        flips = {mirrored(each.keypoints) for each in categories if len(each.keypoints) == points}
        return cls(points, True, flips.pop() if len(flips) == 1 else None)

    def fits(self, category: Category, points: int) -> bool:
        """Whether an annotation of a class has as many points as all others."""
        self.points = self.points or points
        return points == self.points and (not self.declared or len(category.keypoints) == points)


def mirrored(names: Sequence[str]) -> tuple[int, ...] | None:
    """For each key point the place of its mirror image: left_eye and right_eye change places, what has no side stays.

    None where no name has a side, or one has and its other side is not there: a wrong mirror is worse than none.
    """
    places = {name: place for place, name in enumerate(names)}
    flip = []
    for place, name in enumerate(names):
        other = places.get(_other_side(name), place)
        if other == place and _WORDS.search(name):
            return None
        flip.append(other)
    return tuple(flip) if flip != list(range(len(names))) and len(places) == len(names) else None


def _other_side(name: str) -> str:
    pattern = _ANYWHERE if _ANYWHERE.search(name) else _WORDS
    return pattern.sub(lambda match: _as(match[0], _SIDES[match[0].lower()]), name)


def _as(model: str, word: str) -> str:
    """The word in the case of another."""
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word
