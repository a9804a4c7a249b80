"""What the packages that people load classified images with make of a folder. Prints JSON.

Run by the environment of the readers: python read_classified.py labels|metadata|croissant FOLDER [PATTERN]
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any


def loaded(folder: Path, *pattern: str) -> dict[str, Any]:
    """The folder as Hugging Face's imagefolder loader takes it; a pattern names its files, instead of what it guesses."""
    import datasets

    datasets.disable_progress_bars()
    files = {"data_files": {"everything": list(pattern)}} if pattern else {}
    with tempfile.TemporaryDirectory() as cache:
        found = datasets.load_dataset("imagefolder", data_dir=str(folder), cache_dir=cache, **files)
        return {split: (rows.features, list(rows)) for split, rows in found.items()}


def labels(folder: Path, *pattern: str) -> dict[str, dict[str, int]]:
    """Images by label, by split; every image is decoded."""
    found: dict[str, dict[str, int]] = {}
    for split, (features, rows) in loaded(folder, *pattern).items():
        names = features["label"].names
        found[split] = dict(Counter(names[row["label"]] for row in rows if row["image"].size))
    return found


def metadata(folder: Path, *pattern: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of metadata.csv, by split; each with the size of its image as it was decoded."""
    found = {}
    for split, (_, rows) in loaded(folder, *pattern).items():
        found[split] = [{**row, "image": list(row["image"].size)} for row in rows]
    return found


def croissant(folder: Path) -> dict[str, Any]:
    """The records of each record set, as texts and numbers, and what the metadata says of itself."""
    import mlcroissant

    found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    sets = {each.id: list(found.records(each.id)) for each in found.metadata.record_sets}
    about = {name: getattr(found.metadata, name) for name in ("name", "description", "license")}
    return {"about": about, "issues": sorted(found.metadata.issues.errors), **sets}


def main() -> None:
    kind, folder, *pattern = sys.argv[1:]
    with contextlib.redirect_stdout(sys.stderr):
        found = {"labels": labels, "metadata": metadata, "croissant": croissant}[kind](Path(folder), *pattern)
    print(json.dumps(found, default=lambda value: value.decode() if isinstance(value, bytes) else str(value)))


if __name__ == "__main__":
    main()
