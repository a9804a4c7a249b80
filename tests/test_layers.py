"""What import-linter cannot see: names of packages in strings, by which a plugin could be imported all the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    path.parent.name: path.parent for path in [ROOT / "core/src/exporter/py.typed", *ROOT.glob("plugins/*/src/*/py.typed")]
}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_names_a_plugin_other_than_itself(package: str) -> None:
    others = re.compile(rf"\b(?:{'|'.join(p for p in PACKAGES if p not in (package, 'exporter'))})\b")
    files = [p for p in PACKAGES[package].rglob("*") if p.suffix in (".py", ".j2", ".toml")]
    found = [f"{p.relative_to(ROOT)}: {match[0]}" for p in files for match in others.finditer(p.read_text(encoding="utf-8"))]
    assert not found
