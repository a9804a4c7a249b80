"""Installed extensions: plugins that every run has. A broken one is named in the report and breaks nothing but itself."""

from __future__ import annotations

from exporter.errors import PluginError
from exporter.hooks import HookCaller
from exporter.registry import EXTENSIONS, Installed, installed
from exporter.report import Finding


def extensions() -> tuple[list[tuple[str, object]], list[Finding]]:
    """The usable extensions with their names, in name order, and a finding for each that is broken."""
    usable: list[tuple[str, object]] = []
    broken: list[Finding] = []
    for found in installed(EXTENSIONS):
        try:
            usable.append((found.name, _instance(found)))
        except PluginError as error:
            whose = f"{found.distribution} {found.version}"
            message = f"The extension '{found.name}' of {whose} was left out: {error.message}"
            broken.append(Finding("warning", "EXTENSION_BROKEN", message, examples=[found.name], action="ignored"))
    return usable, broken


def _instance(found: Installed) -> object:
    """The plugin as an object whose hooks are all known."""
    if found.error:
        raise PluginError(found.error)
    try:
        plugin = found.plugin() if isinstance(found.plugin, type) else found.plugin
    except (Exception, SystemExit) as error:
        raise PluginError(f"{type(error).__name__}: {error}") from error
    HookCaller([(found.name, plugin)])
    return plugin
