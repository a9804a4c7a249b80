from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from exporter.testing import FormatConformance


def own_template(folder: Path) -> Path:
    """A folder with a template that a host has changed."""
    shipped = files("exporter_dwca").joinpath("templates/eml.xml.j2").read_text(encoding="utf-8")
    (folder / "eml.xml.j2").write_text(shipped + "<!-- ours -->\n", encoding="utf-8")
    return folder


class TestDwca(FormatConformance):
    format = "dwca"
    option_values: ClassVar = {
        "core": "occurrence",
        "events": "with-occurrences",
        "include_emails": True,
        "derived_measurements": False,
        "templates": own_template,
    }
