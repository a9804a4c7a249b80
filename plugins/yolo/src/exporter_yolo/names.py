"""Names of images that readers of YOLO data sets find labels by.

datumaro and supervision look for images in the folder of a split itself, and Ultralytics takes the last folder called images for
the one beside which labels lie: so folders become part of the name. A label file has its image's name without the extension, so two
images need names that differ before it. A name that begins with a point is hidden from Ultralytics' search.
"""

from __future__ import annotations

from exporter.vision.names import Naming, safe_component, safe_path, split_extension


def flat(path: str) -> str:
    """A host's path as the name of one file."""
    name = safe_path(path).replace("/", "_")
    return safe_component(f"_{name[1:]}" if name.startswith(".") else name)


def stem(name: str) -> str:
    """The name without its extension."""
    return split_extension(name)[0]


NAMING = Naming(flat, stem)
