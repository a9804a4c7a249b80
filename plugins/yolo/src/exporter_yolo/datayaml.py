"""data.yaml: where the images of each split are, what the classes are called, and of poses how many points they have.

It names no `path`: Ultralytics takes the folder of the file itself then, wherever that is. A relative `path` it looks for where the
program runs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from exporter.parts import Part
from exporter.vision.splits import NONE, SPLITS
from exporter_yolo.pose import Pose

NAME = "data.yaml"
# What YAML 1.1 does not take as it is between double quotes; and separators of lines, which it folds.
_ESCAPED = re.compile('[\\x00-\\x1f"\\\\\\x7f-\\x9f\\xa0\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff]')


def folders(found: Collection[str]) -> dict[str, str]:
    """The folder of each split that data.yaml names.

    :param found: the splits that have images. Ultralytics wants train and val: the one that is missing is what the other is.
    """
    there = [split for split in (*SPLITS, NONE) if split in found] or [SPLITS[0]]
    train = SPLITS[0] if SPLITS[0] in there else there[0]
    named = {"train": train, "val": "val" if "val" in there else train, **({"test": "test"} if "test" in there else {})}
    return {key: f"images/{split}" for key, split in named.items()}


def data_part(found: Collection[str], names: Sequence[str], pose: Pose | None) -> Part:
    """The file.

    :param found: the splits that have images; :param names: of the classes, by index.
    :param pose: of the task pose alone.
    """
    return Part(NAME, [line.encode() for line in _lines(found, names, pose)], rows=len(names))


def _lines(found: Collection[str], names: Sequence[str], pose: Pose | None) -> Iterator[str]:
    yield "# The folders are below the one that this file is in.\n"
    for split, folder in folders(found).items():
        yield f"{split}: {folder}\n"
    if pose is not None and pose.points:
        yield f"kpt_shape: [{pose.points}, 3]\n"
        if pose.flip is not None:
            yield f"flip_idx: [{', '.join(map(str, pose.flip))}]\n"
    yield "names:\n" if names else "names: {}\n"
    for index, name in enumerate(names):
        yield f"  {index}: {quoted(name)}\n"


def quoted(text: str) -> str:
    """A text between double quotes, as every version of YAML reads it back (YAML 1.2.2, section 7.3.1)."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    return f"\\{sign}" if sign in '"\\' else f"\\u{ord(sign):04x}"
