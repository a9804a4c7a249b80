from __future__ import annotations

import os

import pytest

from exporter.testing.prints import absent


@pytest.fixture
def libreoffice() -> None:
    """LibreOffice Calc and poppler's tools; without them the test skips, or fails where nothing may."""
    _needed("soffice", "pdftoppm")


@pytest.fixture
def pdftoppm() -> None:
    """Poppler's tools alone."""
    _needed("pdftoppm")


def _needed(*programs: str) -> None:
    missing = absent(*programs)
    if missing and os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
        pytest.fail(f"EXPORTER_REQUIRE_ALL is set, but {' and '.join(missing)} is not installed")
    if missing:
        pytest.skip(f"{' and '.join(missing)} is not installed")
