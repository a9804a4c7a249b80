"""Whose a file is: who recognises it goes before who may have made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exporter import registry
from exporter.errors import InputError
from exporter.format import Format
from exporter.registry import Installed, format_of_file


def made(name: str, extension: str, *, knows: bool | None) -> Installed:
    """A format that says whether it knows the file; None for one that goes by the name."""

    def answer(self: Any, *given: Any) -> Any:
        return []

    def recognises(self: Any, file: Path) -> bool:
        return bool(knows)

    methods: dict[str, Any] = {f"exporter_{hook}": answer for hook in ("query", "serialize", "check")}
    if knows is not None:
        methods["recognises"] = recognises
    plugin = type(name, (Format,), {"name": name, "title": name, "extension": extension, **methods})
    return Installed(name, "test", "1", plugin)


def whose(monkeypatch: pytest.MonkeyPatch, *formats: Installed) -> str:
    monkeypatch.setattr(registry, "installed", lambda group: list(formats))
    return format_of_file(Path("a.zip")).name


def test_who_recognises_it_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert whose(monkeypatch, made("one", "zip", knows=False), made("two", "bin", knows=True)) == "two"


def test_who_looks_into_it_goes_before_who_knows_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert whose(monkeypatch, made("one", "zip", knows=None), made("two", "zip", knows=True)) == "two"
    assert whose(monkeypatch, made("one", "zip", knows=None), made("two", "zip", knows=False)) == "one"


def test_else_whose_name_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert whose(monkeypatch, made("one", "zip", knows=False), made("two", "bin", knows=False)) == "one"


@pytest.mark.parametrize("knows", [True, False])
def test_two_are_refused(monkeypatch: pytest.MonkeyPatch, knows: bool) -> None:
    with pytest.raises(InputError, match="may be of several formats"):
        whose(monkeypatch, made("one", "zip", knows=knows), made("two", "zip", knows=knows))


def test_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="No format knows what"):
        whose(monkeypatch, made("one", "bin", knows=False))
