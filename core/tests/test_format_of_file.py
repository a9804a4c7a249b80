"""Whose a file is: who recognises it goes before who may have made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exporter import registry
from exporter.errors import InputError
from exporter.format import Format
from exporter.registry import Installed, format_of_file


def made(name: str, extension: str, *, knows: bool) -> Installed:
    def answer(self: Any, *given: Any) -> Any:
        return []

    def recognises(self: Any, file: Path) -> bool:
        return knows

    methods = {f"exporter_{hook}": answer for hook in ("query", "serialize", "check")}
    plugin = type(
        name, (Format,), {"name": name, "title": name, "extension": extension, "recognises": recognises, **methods}
    )
    return Installed(name, "test", "1", plugin)


def whose(monkeypatch: pytest.MonkeyPatch, *formats: Installed) -> str:
    monkeypatch.setattr(registry, "installed", lambda group: list(formats))
    return format_of_file(Path("a.zip")).name


def test_who_recognises_it_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert whose(monkeypatch, made("one", "zip", knows=False), made("two", "bin", knows=True)) == "two"


def test_else_whose_name_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert whose(monkeypatch, made("one", "zip", knows=False), made("two", "bin", knows=False)) == "one"


@pytest.mark.parametrize("knows", [True, False])
def test_two_are_refused(monkeypatch: pytest.MonkeyPatch, knows: bool) -> None:
    with pytest.raises(InputError, match="may be of several formats"):
        whose(monkeypatch, made("one", "zip", knows=knows), made("two", "zip", knows=knows))


def test_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="No format knows what"):
        whose(monkeypatch, made("one", "bin", knows=False))
