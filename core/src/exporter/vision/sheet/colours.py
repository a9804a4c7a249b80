"""Colours of classes and of splits."""

from __future__ import annotations

from exporter.colours import colour_of
from exporter.vision.labels import Category

SPLITS = {"train": "#0072b2", "val": "#e69f00", "test": "#009e73", "none": "#8b949e"}


def colour(category: Category) -> str:
    """The label's own colour; where it has none, one by the number of the class."""
    return colour_of(category.colour, category.number)
