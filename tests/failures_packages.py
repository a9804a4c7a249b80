"""Darwin Core Data Packages that are none, or were changed."""

from __future__ import annotations

import zipfile

from .failures_kit import Desk, Outcome, provokes


def _checked(desk: Desk, old: bytes = b"", new: bytes = b"", *, without: str = "") -> Outcome:
    """The check of a package in which a text of the occurrences was replaced, or that lacks a file."""
    desk.traps()
    desk.exporter("run", "--format", "dwc-dp", "--output", "whole.zip")
    with zipfile.ZipFile(desk.folder / "whole.zip") as whole, zipfile.ZipFile(desk.folder / "package.zip", "w") as package:
        for name in whole.namelist():
            content = whole.read(name)
            if name != without:
                package.writestr(name, content.replace(old, new) if name == "occurrence.tsv" else content)
    return desk.exporter("check", "package.zip", "--format", "dwc-dp", "--json")


@provokes("package-not-described")
def _(desk: Desk) -> Outcome:
    return _checked(desk, without="datapackage.json")


@provokes("package-changed")
def _(desk: Desk) -> Outcome:
    return _checked(desk, b"Biston", b"Bisten")


@provokes("package-orphans")
def _(desk: Desk) -> Outcome:
    return _checked(desk, b"\tn3\t", b"\tn9\t")
