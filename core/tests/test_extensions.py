"""A broken extension is named and breaks nothing but itself."""

from __future__ import annotations

from typing import Any

import pytest

from exporter import extensions
from exporter.registry import Installed


class Good:
    def exporter_notify(self) -> None:
        """Hears everything."""


class Raises:
    def __init__(self) -> None:
        raise OSError("no such device")


class Misspelt:
    def exporter_notfy(self) -> None:
        """Nobody calls this."""


@pytest.mark.parametrize(
    ("plugin", "error", "reason"),
    [(Raises, "", "no such device"), (Misspelt, "", "exporter_notfy"), (None, "ImportError: gone", "gone")],
)
def test_a_broken_extension(monkeypatch: pytest.MonkeyPatch, plugin: Any, error: str, reason: str) -> None:
    found = [Installed("bad", "exporter-bad", "1.0", plugin, error), Installed("good", "exporter-good", "2.0", Good)]
    monkeypatch.setattr(extensions, "installed", lambda group: found)
    usable, broken = extensions.extensions()
    assert [name for name, _ in usable] == ["good"]
    assert [f.code for f in broken] == ["EXTENSION_BROKEN"]
    assert reason in broken[0].message
    assert "exporter-bad 1.0" in broken[0].message
