from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture
def libreoffice() -> None:
    """LibreOffice Calc and poppler's tools; without them the test skips, or fails where nothing may."""
    missing = [name for name in ("soffice", "pdftoppm") if shutil.which(name) is None]
    if missing and os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
        pytest.fail(f"EXPORTER_REQUIRE_ALL is set, but {' and '.join(missing)} is not installed")
    if missing:
        pytest.skip(f"{' and '.join(missing)} is not installed")
