"""Sources by name: those in exporter.toml, and those that plugins bring."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from exporter.blame import blamed
from exporter.config import read_config
from exporter.configfile import find_config
from exporter.errors import InputError, PluginError, unknown
from exporter.registry import SAMPLES, SOURCES, find, installed
from exporter.source import Source


def find_source(name: str | None, start: Path | None = None, *, family: str | None = None) -> Source:
    """The source called `name`; without a name the only one in exporter.toml.

    A plugin's source may take options after a question mark: `sample:insects?occurrences=50000`.

    :param start: the folder from which exporter.toml is looked for, upward; the working folder by default.
    :param family: what is to be exported, for the hint where there is no such source.
    :raises InputError: when there is no such source, or no name and not exactly one.
    """
    config = find_config(start)
    own = read_config(config) if config is not None else {}
    if name is None:
        if len(own) == 1:
            return next(iter(own.values()))()
        if own:
            raise InputError(f"{config} has several sources; name one with --source: {', '.join(own)}.")
        where = f"in {config}" if config is not None else f"and no exporter.toml in {start or Path.cwd()} or above"
        raise InputError(f"No source was given, {where}.", hint=_how(family))
    if name in own:
        return own[name]()
    plain, _, query = name.partition("?")
    bundled = {f.name for f in installed(SOURCES)}
    if plain not in bundled:
        raise unknown("source", name, {*own, *bundled}, hint=_how(family) if not own else "")
    return _made(plain, dict(parse_qsl(query, keep_blank_values=True)))


def _how(family: str | None) -> str:
    """How to come by a source; for a format that reads any family, one of each."""
    first, *others = [family] if family in SAMPLES else SAMPLES
    also = f" (or {' or '.join(others)})" if others else ""
    samples = " or ".join(SAMPLES[each] for each in (first, *others))
    return f"Write one with `exporter map URL --family {first}`{also}, or try --source {samples} from exporter-sample."


def _made(name: str, options: dict[str, str]) -> Source:
    """A plugin's source: its function, called with the options as its signature types them."""
    make: Any = find(SOURCES, "source", name)
    signature = inspect.signature(make)
    values = {}
    for key, text in options.items():
        if key not in signature.parameters:
            raise unknown(f"option of source '{name}'", key, signature.parameters)
        kind = signature.parameters[key].annotation
        try:
            values[key] = int(text) if kind in (int, "int") else text
        except ValueError:
            raise InputError(f"The option '{key}' of source '{name}' takes an integer, not '{text}'.") from None
    with blamed(f"The source '{name}' failed"):
        made = make(**values)
    if not isinstance(made, Source):
        raise PluginError(f"The source '{name}' gave {type(made).__name__}, not a Source.")
    return made
