"""Who is asked, in which order, and who is blamed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import column

from exporter.errors import PluginError
from exporter.events import Event
from exporter.hooks import HookCaller
from exporter.parts import Part, Receipt
from exporter.records import family
from exporter.report import Finding, Report
from exporter.rules import Rule
from exporter.tables import Table


class Answers:
    """A plugin with one hook."""

    def __init__(self, hook: str, answer: Any) -> None:
        setattr(self, hook, answer)


def context(tmp_path: Path | None = None) -> Any:
    return SimpleNamespace(report=Report(), scratch=tmp_path, source=SimpleNamespace(family=family("biodiversity")))


FIRST, SECOND = (Table(name, "", {}, ()) for name in ("first", "second"))


class First:
    def exporter_query(self) -> list[Any]:
        return [FIRST]


class Second:
    def exporter_query(self) -> list[Any]:
        return [SECOND]


class Silent:
    def exporter_query(self) -> None:
        return None


class Empty:
    def exporter_query(self) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("plugins", "answer"),
    [((First, Second), [SECOND]), ((First, Silent), [FIRST]), ((First, Empty), []), ((Second, First), [FIRST])],
)
def test_the_last_plugin_is_asked_first(plugins: tuple[type, ...], answer: list[Any]) -> None:
    hooks = HookCaller([(p.__name__, p()) for p in plugins])
    assert hooks.query(context(), {}) == answer


def test_nobody_answers() -> None:
    with pytest.raises(PluginError, match="exporter_query"):
        HookCaller([("silent", Silent())]).query(context(), {})


def test_conditions_of_all_are_taken_and_anything_else_is_refused() -> None:
    class One:
        def exporter_filter(self, record: str) -> Any:
            return column("a") == 1 if record == "event" else None

    class Wide:
        def exporter_filter(self) -> Any:
            return True

    assert len(HookCaller([("one", One()), ("two", One())]).filters(context(), "event", {})) == 2
    assert HookCaller([("one", One())]).filters(context(), "media", {}) == []
    with pytest.raises(PluginError, match=r"'wide'.*event.*bool"):
        HookCaller([("one", One()), ("wide", Wide())]).filters(context(), "event", {})


def test_a_rule_on_an_unknown_record_names_its_plugin() -> None:
    class Wrong:
        def exporter_rules(self) -> list[Rule]:
            return [Rule("sighting", "X", "x", where=column("a") == 1)]

    with pytest.raises(PluginError, match=r"'wrong'.*sighting"):
        HookCaller([("wrong", Wrong())]).rules(context(), {})


def test_a_misspelt_hook_is_found() -> None:
    class Misspelt:
        def exporter_serialise(self) -> None:
            """Nobody will call this."""

    with pytest.raises(PluginError, match="misspelt"):
        HookCaller([("misspelt", Misspelt())])


def test_a_parameter_that_no_hook_has() -> None:
    class Greedy:
        def exporter_query(self, ctx: Any, everything: Any) -> None:
            """There is no `everything`."""

    with pytest.raises(PluginError, match="greedy"):
        HookCaller([("greedy", Greedy())])


def test_a_class_is_no_plugin() -> None:
    with pytest.raises(PluginError, match=r"First\(\)"):
        HookCaller([("first", First)])


class Failing:
    def exporter_query(self) -> list[Any]:
        raise KeyError("colour")

    def exporter_notify(self) -> None:
        raise RuntimeError("nobody home")


def test_a_plugin_that_raises_is_named() -> None:
    with pytest.raises(PluginError, match=r"'failing'.*exporter_query.*KeyError"):
        HookCaller([("failing", Failing())]).query(context(), {})


def test_a_listener_that_raises_stops_nobody() -> None:
    heard: list[str] = []

    class Listening:
        def exporter_notify(self, event: Event) -> None:
            heard.append(event.stage)

    ctx = context()
    HookCaller([("listening", Listening()), ("failing", Failing())]).notify(ctx, Event("done"))
    assert heard == ["done"]
    assert [(f.code, f.level) for f in ctx.report.findings] == [("NOTIFY_FAILED", "warning")]


def test_a_generator_is_drained_under_its_owners_name() -> None:
    class Half:
        def exporter_serialize(self) -> Any:
            yield Part("a", [b"a"])
            raise ValueError("half way")

    class Chunky:
        def exporter_serialize(self) -> Any:
            yield Part("a", ["text"])  # type: ignore[list-item]

    parts = HookCaller([("half", Half())]).serialize(context(), [])
    assert next(parts).name == "a"
    with pytest.raises(PluginError, match=r"'half'.*half way"):
        next(parts)
    with pytest.raises(PluginError, match=r"'chunky'.*'a'.*str"):
        b"".join(next(HookCaller([("chunky", Chunky())]).serialize(context(), [])).chunks)


def test_a_package_outside_scratch_is_refused(tmp_path: Path) -> None:
    class Elsewhere:
        def exporter_package(self) -> Path:
            return Path("/etc/passwd")

    with pytest.raises(PluginError, match="scratch"):
        HookCaller([("elsewhere", Elsewhere())]).package(context(tmp_path), [])


def test_a_wrapper_with_pluggys_own_marker_still_counts() -> None:
    import pluggy

    class Marked:
        @pluggy.HookimplMarker("exporter")(tryfirst=True)
        def exporter_query(self) -> list[Any]:
            return [SECOND]

    assert HookCaller([("marked", Marked()), ("first", First())]).query(context(), {}) == [SECOND]


@pytest.mark.parametrize("hook", ["exporter_query", "exporter_rules", "exporter_check"])
def test_an_answer_of_another_kind_names_its_plugin(hook: str) -> None:
    hooks = HookCaller([("wrong", Answers(hook, lambda: ["neither Table nor Rule nor Finding"]))])
    call = {
        "exporter_query": lambda: hooks.query(context(), {}),
        "exporter_rules": lambda: hooks.rules(context(), {}),
        "exporter_check": lambda: hooks.check(Path("x"), None),
    }[hook]
    with pytest.raises(PluginError, match=rf"'wrong' answered {hook} with 'neither"):
        call()


def test_a_check_takes_receipts_or_leaves_them() -> None:
    class Plain:
        def exporter_check(self, file: Path, options: Any) -> list[Finding]:
            return [Finding("info", "PLAIN", file.name)]

    class Trusting:
        def exporter_check(self, receipts: Any) -> list[Finding]:
            return [Finding("info", "TRUSTING", ", ".join(receipts))]

    hooks = HookCaller([("plain", Plain()), ("trusting", Trusting())])
    receipt = Receipt("a.txt", 1, 2, 3, "ab")
    assert {f.code: f.message for f in hooks.check(Path("x"), None, {"a.txt": receipt})} == {
        "PLAIN": "x",
        "TRUSTING": "a.txt",
    }
    assert {f.code: f.message for f in hooks.check(Path("x"), None)} == {"PLAIN": "x", "TRUSTING": ""}


def test_a_part_that_cannot_say_whether_it_is_sound() -> None:
    class Unsure:
        def exporter_serialize(self) -> Any:
            yield Part("a", [b"a"], sound=lambda: 1 / 0 > 0)

    (part,) = HookCaller([("unsure", Unsure())]).serialize(context(), [])
    with pytest.raises(PluginError, match=r"'unsure'.*part 'a'.*ZeroDivisionError"):
        part.sound()


def test_what_is_no_method_is_no_hook() -> None:
    with pytest.raises(PluginError, match=r"Answers\.exporter_query is 5, not a method"):
        HookCaller([("five", Answers("exporter_query", 5))])


def test_a_plugin_is_given_once() -> None:
    first = First()
    with pytest.raises(PluginError, match="'again' is given twice"):
        HookCaller([("first", first), ("again", first)])


def test_a_plugin_does_not_end_the_program() -> None:
    def leave() -> None:
        raise SystemExit(0)

    with pytest.raises(PluginError, match="'leaver' failed in exporter_query: SystemExit: 0"):
        HookCaller([("leaver", Answers("exporter_query", leave))]).query(context(), {})
