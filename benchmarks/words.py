"""What the command lines of the benchmarks share."""

from __future__ import annotations

import argparse


def count(text: str) -> int:
    """A whole number over 0.

    :raises argparse.ArgumentTypeError: for anything else.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number over 0")
    return int(text)
