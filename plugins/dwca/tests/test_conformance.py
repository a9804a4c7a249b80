from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from exporter.testing import FormatConformance


def own_template(folder: Path) -> Path:
    """A folder with a template that a host has changed."""
    shipped = files("exporter_dwca").joinpath("templates/eml.xml.j2").read_text(encoding="utf-8")
    (folder / "eml.xml.j2").write_text(shipped + "<!-- ours -->\n", encoding="utf-8")
    return folder


def sensitive_taxa(folder: Path) -> Path:
    """A list that covers all sample rows."""
    path = folder / "sensitive.csv"
    path.write_text("taxon,precision\nLepidoptera,1\nNoctua pronuba,withhold\n", encoding="utf-8")
    return path


class TestDwca(FormatConformance):
    format = "dwca"
    option_values: ClassVar = {
        "core": "occurrence",
        "events": "with-occurrences",
        "include_emails": True,
        "derived_measurements": False,
        "extensions": ("humboldt", "audiovisual", "identification", "relationship"),
        "absences": True,
        "templates": own_template,
        "generalize": sensitive_taxa,
    }
    options_without_effect: ClassVar = {
        "compare": "it tells what changed; test_compare.py",
        "fail_on": "it makes findings errors; test_compare.py",
        "changes": "it writes another file; test_compare.py",
    }


class TestDwcDp(FormatConformance):
    format = "dwc-dp"
    option_values: ClassVar = {
        "events": "with-occurrences",
        "include_emails": True,
        "derived_measurements": False,
        "absences": True,
        "generalize": sensitive_taxa,
        "extensions": ("humboldt", "identification", "relationship"),
        "packaging": "folder",
    }
