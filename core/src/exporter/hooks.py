"""The hooks of one run: one pluggy manager, and typed callers that know whose answer it is.

Plugins are registered in this order: core's defaults, installed extensions by name, the chosen format, the host's plugins as they
were given. pluggy asks the last one first, so a host overrides a format, and a format overrides core.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pluggy

from exporter.blame import blamed
from exporter.context import ExportContext
from exporter.errors import PluginError, did_you_mean
from exporter.events import Event
from exporter.hookspecs import Hooks
from exporter.parts import Part, Receipt
from exporter.report import Finding
from exporter.store import Artifact

T = TypeVar("T")
PREFIX = "exporter_"
_NO_RECEIPTS: Mapping[str, Receipt] = MappingProxyType({})


class _Manager(pluggy.PluginManager):
    """A manager that takes every public `exporter_*` method for an implementation, as pytest does with its own."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> pluggy.HookimplOpts | None:
        if not name.startswith(PREFIX):
            return None
        marked = super().parse_hookimpl_opts(plugin, name)
        if marked is not None:
            return marked
        if not inspect.isroutine(getattr(plugin, name)):
            raise PluginError(f"{type(plugin).__name__}.{name} is {getattr(plugin, name)!r}, not a method.")
        return {
            "wrapper": False,
            "hookwrapper": False,
            "optionalhook": False,
            "tryfirst": False,
            "trylast": False,
            "specname": None,
        }


class HookCaller:
    """Calls the hooks of one run. Only core does; plugins never call each other."""

    def __init__(self, plugins: Iterable[tuple[str, object]]) -> None:
        self._manager = _Manager("exporter")
        self._manager.add_hookspecs(Hooks)
        for name, plugin in plugins:
            self._register(name, plugin)

    def _register(self, name: str, plugin: object) -> None:
        if inspect.isclass(plugin):
            raise PluginError(f"Plugin '{name}' is a class; give an instance: {plugin.__name__}().")
        if plugin is None or self._manager.is_registered(plugin):
            raise PluginError(f"Plugin '{name}' is {'None' if plugin is None else 'given twice'}.")
        try:
            registered = self._manager.register(plugin, name=self._free(name))
            assert registered is not None
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginError(
                f"Plugin '{name}': {error}".split("\nDefinition:")[0], hint="docs/hooks.md lists the hooks."
            ) from None

    def _free(self, name: str) -> str:
        taken = sum(1 for n, _ in self._manager.list_name_plugin() if n.split("#")[0] == name)
        return f"{name}#{taken + 1}" if taken else name

    def filters(self, ctx: ExportContext, record: str, columns: Any) -> list[Any]:
        """Every condition that plugins add to a record.

        :raises PluginError: when one answers with anything but a condition on this record.
        """
        from sqlalchemy import ColumnElement

        own = {c.table for c in columns}

        answers = self._each("exporter_filter", ctx=ctx, record=record, columns=columns)
        for name, answer in answers:
            if not isinstance(answer, ColumnElement):
                kind = type(answer).__name__
                raise PluginError(
                    f"Plugin '{name}' answered exporter_filter for '{record}' with {kind} {answer!r}, not a condition."
                )
            _refuse_others(f"Plugin '{name}' answered exporter_filter for '{record}' with a condition", answer, own)
        return [answer for _, answer in answers]

    def rules(self, ctx: ExportContext, records: Mapping[str, Any]) -> list[Any]:
        """The rules of all plugins.

        :raises PluginError: when one gives something else, names a record that the family lacks, or looks at another's columns.
        """
        from exporter.rules import Rule

        found = []
        for name, answer in self._each("exporter_rules", ctx=ctx, records=records):
            for rule in _listed(name, "exporter_rules", answer, Rule):
                if rule.record not in ctx.source.family.records:
                    raise PluginError(
                        f"Plugin '{name}': its rule {rule.code} names record '{rule.record}', which there is none of."
                    )
                schema = ctx.source.family.records[rule.record]
                for field in (f for f in rule.fields if f not in schema.fields):
                    near = did_you_mean(field, schema.fields)
                    raise PluginError(
                        f"Plugin '{name}': its rule {rule.code} names field '{field}', which there is none of. {near}"
                    )
                if rule.where is not None and rule.record in records:
                    _refuse_others(f"Plugin '{name}': its rule {rule.code}", rule.where, {records[rule.record].alias})
                found.append(rule)
        return found

    def query(self, ctx: ExportContext, records: Mapping[str, Any]) -> Sequence[Any]:
        """The tables of the format."""
        from exporter.tables import Table

        name, answer = self._first("exporter_query", ctx=ctx, records=records)
        return _listed(name, "exporter_query", answer, Table)

    def inspect(self, ctx: ExportContext, tables: Sequence[Any]) -> list[Finding]:
        """The findings of all plugins on the cells of the tables."""
        answers = self._each("exporter_inspect", ctx=ctx, tables=tables)
        return [f for name, answer in answers for f in _listed(name, "exporter_inspect", answer, Finding)]

    def serialize(self, ctx: ExportContext, tables: Sequence[Any]) -> Iterator[Part]:
        """The parts of the artifact, drained under the name of the plugin that makes them."""
        name, parts = self._first("exporter_serialize", ctx=ctx, tables=tables)
        with _blamed(name, "exporter_serialize"):
            iterator = iter(parts)
        while True:
            with _blamed(name, "exporter_serialize"):
                part = next(iterator, None)
                if part is None:
                    return
                if not isinstance(part, Part):
                    raise PluginError(f"Plugin '{name}' yielded {type(part).__name__} from exporter_serialize, not a Part.")
            yield _blaming(name, part)

    def package(self, ctx: ExportContext, parts: Iterable[Part]) -> Path:
        """The packaged file below scratch."""
        name, file = self._first("exporter_package", ctx=ctx, parts=parts)
        if not isinstance(file, Path) or ctx.scratch.resolve() not in file.resolve().parents or not file.exists():
            raise PluginError(
                f"Plugin '{name}' answered exporter_package with {file!r}, which is no file or folder below ctx.scratch."
            )
        return file

    def check(self, file: Path, options: Any, receipts: Mapping[str, Receipt] = _NO_RECEIPTS) -> list[Finding]:
        """The findings of all plugins on a file.

        :param receipts: by part name, of the run that has just written it; none for any other file.
        """
        answers = self._each("exporter_check", file=file, options=options, receipts=receipts)
        return [f for name, answer in answers for f in _listed(name, "exporter_check", answer, Finding)]

    def answers(self, hook: str) -> bool:
        """Whether any plugin has the hook."""
        return bool(getattr(self._manager.hook, hook).get_hookimpls())

    def figure(self, ctx: ExportContext, tables: Sequence[Any], file: Path) -> str | None:
        """What the picture shows that now is in the file, or None where nobody drew one."""
        found = self._asked("exporter_figure", ctx=ctx, tables=tables, file=file)
        if found is None:
            return None
        name, words = found
        if not isinstance(words, str) or not words.strip():
            raise PluginError(f"Plugin '{name}' answered exporter_figure with {words!r}, not with what the picture shows.")
        if not file.is_file():
            raise PluginError(f"Plugin '{name}' answered exporter_figure, and did not write {file.name}.")
        return words

    def store(self, ctx: ExportContext, file: Path) -> Artifact:
        """The published artifact."""
        name, artifact = self._first("exporter_store", ctx=ctx, file=file)
        if not isinstance(artifact, Artifact):
            raise PluginError(f"Plugin '{name}' answered exporter_store with {artifact!r}, not an Artifact.")
        return artifact

    def notify(self, ctx: ExportContext, event: Event) -> None:
        """Tell every plugin; one that raises is noted in the report and stops nobody."""
        for name, call in self._callers("exporter_notify"):
            try:
                call(ctx=ctx, event=event)
            except (Exception, SystemExit) as error:
                message = f"Plugin '{name}' failed in exporter_notify: {type(error).__name__}: {error}"
                ctx.report.add(Finding("warning", "NOTIFY_FAILED", message, action="ignored"))

    def _callers(self, hook: str) -> list[tuple[str, Callable[..., Any]]]:
        """One caller for each plugin that implements the hook, in the order in which pluggy asks."""
        implementations = reversed(getattr(self._manager.hook, hook).get_hookimpls())
        plugins = [i.plugin for i in implementations]
        everyone = self._manager.get_plugins()
        return [
            (str(self._manager.get_name(p)), self._manager.subset_hook_caller(hook, [o for o in everyone if o is not p]))
            for p in plugins
        ]

    def _each(self, hook: str, **arguments: Any) -> list[tuple[str, Any]]:
        answers = []
        for name, call in self._callers(hook):
            with _blamed(name, hook):
                answers += [(name, answer) for answer in call(**arguments)]
        return answers

    def _first(self, hook: str, **arguments: Any) -> tuple[str, Any]:
        found = self._asked(hook, **arguments)
        if found is None:
            raise PluginError(f"No plugin answered {hook}: a format has to.")
        return found

    def _asked(self, hook: str, **arguments: Any) -> tuple[str, Any] | None:
        for name, call in self._callers(hook):
            with _blamed(name, hook):
                for answer in call(**arguments):
                    return name, answer
        return None


def _refuse_others(what: str, condition: Any, own: set[Any]) -> None:
    """A condition on a second table would pair each of its rows with each of the record's.

    :raises PluginError: when there is one.
    """
    from sqlalchemy import literal_column, select

    others = [f for f in select(literal_column("1")).where(condition).get_final_froms() if f not in own]
    if others:
        names = ", ".join(str(getattr(f, "name", f)) for f in others)
        raise PluginError(
            f"{what} on {names}: a condition is about the columns of its record.",
            hint="What another table knows is asked by exists() or in_().",
        )


def _blamed(name: str, hook: str) -> contextlib.AbstractContextManager[None]:
    return blamed(f"Plugin '{name}' failed in {hook}")


def _listed(name: str, hook: str, answer: Any, kind: type[T]) -> list[T]:
    """An answer of several things of one kind, drained under its owner's name."""
    with _blamed(name, hook):
        found = list(answer)
    for each in found:
        if not isinstance(each, kind):
            raise PluginError(f"Plugin '{name}' answered {hook} with {each!r}, not a {kind.__name__}.")
    return found


def _blaming(name: str, part: Part) -> Part:
    import attrs

    def sound() -> bool:
        with _blamed(name, f"exporter_serialize, part '{part.name}'"):
            return bool(part.sound())

    def chunks() -> Iterator[bytes]:
        iterator = iter(part.chunks)
        while True:
            with _blamed(name, f"exporter_serialize, part '{part.name}'"):
                chunk = next(iterator, None)
                if chunk is None:
                    return
                if not isinstance(chunk, bytes):
                    raise TypeError(f"a chunk is {type(chunk).__name__}, not bytes")
            yield chunk

    return attrs.evolve(part, sound=sound, chunks=chunks() if part.path is None else part.chunks)
