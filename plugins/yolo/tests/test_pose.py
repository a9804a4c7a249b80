"""How many key points a data set has, and which change places in a mirror."""

from __future__ import annotations

import pytest

from exporter.vision.labels import Category
from exporter_yolo.pose import Pose, mirrored


@pytest.mark.parametrize(
    ("names", "flip"),
    [
        (("nose", "left_eye", "right_eye"), (0, 2, 1)),
        (("Left Ear", "Right Ear", "LEFT_HIP", "RIGHT_HIP"), (1, 0, 3, 2)),
        (("eyeLeft", "eyeRight", "lefthand", "righthand"), (1, 0, 3, 2)),
        (("hand.L", "hand.R", "head"), (1, 0, 2)),
        (("l_eye", "r_eye", "eye_l_2", "eye_r_2"), (1, 0, 3, 2)),
        (("bright", "left", "right"), (0, 2, 1)),
        (("head", "tail"), None),
        (("nose", "left_eye"), None),
        (("left_eye", "right_eye", "left_paw"), None),
        (("leftEye", "nose"), None),
        (("a", "a"), None),
        ((), None),
    ],
)
def test_names_tell_left_from_right_or_nothing_is_said(names: tuple[str, ...], flip: tuple[int, ...] | None) -> None:
    assert mirrored(names) == flip


def category(number: int, *points: str) -> Category:
    return Category(number, str(number), f"class {number}", keypoints=points)


def test_most_classes_say_how_many_points_there_are() -> None:
    assert Pose.of([category(1), category(2, "a"), category(3, "b", "c"), category(4, "d", "e")]).points == 2
    assert Pose.of([category(1, "a"), category(2, "b", "c")]).points == 1
    assert Pose.of([category(1)]).points == 0


def test_classes_whose_mirrors_differ_have_none() -> None:
    one, other = category(1, "left", "right", "top"), category(2, "top", "left", "right")
    assert Pose.of([one]).flip == (1, 0, 2)
    assert Pose.of([one, other]).flip is None
