"""Options for the check of a finished file: `exporter check` takes them, a preview refuses them."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from exporter.cli import words
from exporter.errors import InputError
from exporter.format import Format
from exporter.options import option, refuse_unread
from exporter.registry import Installed


@attrs.frozen
class Options:
    layout: str = option(default="wide", help="How")
    strict: bool = option(default=False, check=True, help="Whether")
    old_file: str | None = option(default=None, check=True, help="Before")


class First(Format[Options]):
    name, title, extension = "first", "First", "one"


@attrs.frozen
class OtherOptions:
    strict: str = option(default="no", check=True, help="How strictly")
    old_file: str | None = option(default=None, check=True, help="Before")
    deep: bool = option(default=False, check=True, help="Deep")


class Second(Format[OtherOptions]):
    name, title, extension = "second", "Second", "two"


@pytest.mark.parametrize(
    ("given", "check", "refused"),
    [
        ({"layout": "long"}, True, "'layout' says nothing to a check"),
        ({"old-file": "x"}, False, "'old_file' says nothing to a preview"),
        ({"strict": False}, False, "'strict' says nothing to a preview"),
        ({"strict": True, "old_file": "x"}, True, ""),
        ({"layout": "long", "old_file": None}, False, ""),
        ({"unknown": 1}, True, ""),  # which structure() refuses
    ],
)
def test_options_that_nobody_would_read(given: dict[str, Any], check: bool, refused: str) -> None:
    whom = "a check" if check else "a preview"
    if not refused:
        refuse_unread(Options, given, whom, check=check)
        return
    with pytest.raises(InputError, match=refused):
        refuse_unread(Options, given, whom, check=check)


def names(found: list[Any]) -> list[str]:
    return [spec.name for spec in found]


def test_which_flags_a_command_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(words.options_of_run(First())) == ["layout", "strict", "old_file"]
    assert names(words.options_of_preview(First())) == ["layout"]
    assert names(words.options_of_check(First())) == ["strict", "old_file"]
    assert names(words.options_of_run(None)) == names(words.options_of_preview(None)) == []
    everything = [
        Installed("first", "d", "1", First),
        Installed("second", "d", "1", Second),
        Installed("broken", "d", "1", error="x"),
    ]
    monkeypatch.setattr("exporter.registry.installed", lambda group: everything)
    assert names(words.options_of_check(None)) == ["old_file", "deep"]  # `strict` is two things: --format says which
    assert names(words.options_of_check(Second())) == ["strict", "old_file", "deep"]
