"""The words that `run`, `preview` and `check` share: how flags become a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exporter.errors import InputError

if TYPE_CHECKING:
    from exporter.format import Format
    from exporter.options import OptionField

F = TypeVar("F", bound=Callable[..., Any])

_SHARED: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--format", "-f"), {"help": "The format, by name or alias; `exporter formats` lists them."}),
    (("--source", "-s"), {"help": "The source; by default the only one in exporter.toml."}),
    (("--project", "-p"), {"help": "Only this project, by id; by name, too, where the source has the record `project`."}),
    (("--filter", "filter_words"), {"multiple": True, "metavar": "KEY=VALUE", "help": "Narrow the rows; may be repeated."}),
    (
        ("--filters", "filters_file"),
        {"type": click.Path(path_type=Path), "metavar": "FILE.json", "help": "Filters from a JSON file."},
    ),
    (
        ("--figure",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "FILE.png",
            "help": "Draw where, when and what, where the format can: .png, .svg or .pdf.",
        },
    ),
    (("--json", "as_json"), {"is_flag": True, "help": "Print the report as JSON."}),
)


def shared_options() -> list[click.Option]:
    """The options of both commands, without those of a format."""
    return [click.Option(list(names), **settings) for names, settings in _SHARED]


class FormatCommand(click.Command):
    """A command whose flags depend on `--format`: the format's options become flags of it.

    :param options: those that the format which the words name lends to the command; None where they name no format.
    """

    def __init__(self, *args: Any, options: Callable[[Format[Any] | None], Iterable[OptionField]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = list(self.params)
        self._options = options

    def make_parser(self, ctx: click.Context) -> Any:
        """With the flags of the format that the words name."""
        self.params = self._all(ctx)
        return super().make_parser(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words, to look for `--format` among them."""
        ctx.meta["exporter.args"] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise self._unknown(ctx, error) from None

    def _unknown(self, ctx: click.Context, error: click.NoSuchOption) -> Exception:
        """What to say of a flag that formats have, but not the one that the words name."""
        from exporter.registry import FORMATS, installed

        flag = error.option_name.removeprefix("--").removeprefix("no-")
        usable = [f for f in installed(FORMATS) if not f.error]
        having = [f.name for f in usable if any(spec.flag == flag for spec in self._options(f.plugin))]
        if not having:
            return error
        format = _format_in(ctx.meta["exporter.args"])
        if format is None:
            return InputError(
                f"{error.option_name} is an option of formats: {', '.join(having)}.", hint="Give --format, too."
            )
        return InputError(
            f"The format '{format.name}' has no option {error.option_name}; these have: {', '.join(having)}.",
            hint=f"`{ctx.command_path} --format {format.name} --help` lists those of '{format.name}'.",
        )

    def get_help(self, ctx: click.Context) -> str:
        """With the flags of the format that the words name."""
        self.params = self._all(ctx)
        return super().get_help(ctx)

    def _all(self, ctx: click.Context) -> list[click.Parameter]:
        format = _format_in(ctx.meta.get("exporter.args", []))
        return [*self._own, *(_flag(spec) for spec in self._options(format))]


def _format_in(args: list[str]) -> Format[Any] | None:
    """The format that the words name, wherever `--format` stands among them."""
    from exporter.registry import find_format

    for i, word in enumerate(args):
        if word in ("--format", "-f") and i + 1 < len(args):
            return find_format(args[i + 1])[0]
        if word.startswith("--format="):
            return find_format(word.partition("=")[2])[0]
    return None


def options_of_run(format: Format[Any] | None) -> list[OptionField]:
    """All that a format can be told."""
    from exporter.options import fields

    return list(fields(format.Options).values()) if format is not None else []


def options_of_preview(format: Format[Any] | None) -> list[OptionField]:
    """Those that are not for the finished file alone."""
    return [spec for spec in options_of_run(format) if not spec.info.check]


def options_of_check(format: Format[Any] | None) -> list[OptionField]:
    """Those that are for checks; of all formats where none is named: the file tells which it is, and the check refuses others'.

    A flag that two formats would read in two ways is there with the name of the format only.
    """
    from exporter.options import fields
    from exporter.registry import FORMATS, installed

    formats = [format] if format is not None else [f.plugin for f in installed(FORMATS) if not f.error]
    specs = [spec for each in formats for spec in fields(each.Options).values() if spec.info.check]
    shapes = {(spec.name, spec.many, spec.type is bool) for spec in specs}
    alike = {name for name, *_ in shapes if sum(shape[0] == name for shape in shapes) == 1}
    return [spec for spec in {s.name: s for s in specs}.values() if spec.name in alike]


def _flag(spec: OptionField) -> click.Option:
    """One option as a flag. Values stay texts: `structure()` reads them, here as from any other face."""
    name = f"format_option_{spec.name}"
    if spec.type is bool and not spec.many:
        return click.Option([f"--{spec.flag}/--no-{spec.flag}", name], default=None, help=_help(spec))
    return click.Option(
        [f"--{spec.flag}", name],
        multiple=spec.many,
        metavar=spec.type_name if spec.info.choices else spec.type_name.upper(),
        help=_help(spec),
    )


def _help(spec: OptionField) -> str:
    import attrs

    shown = spec.default not in (None, attrs.NOTHING, ())
    default = str(spec.default).lower() if isinstance(spec.default, bool) else spec.default
    return f"{spec.info.help}." + (f" [default: {default}]" if shown else "")


def format_options(given: dict[str, Any]) -> dict[str, Any]:
    """The format's options among the parameters of a command, as far as they were given."""
    prefix = "format_option_"
    return {k.removeprefix(prefix): v for k, v in given.items() if k.startswith(prefix) and v is not None and v != ()}


def read_filters(words: tuple[str, ...], file: Path | None) -> dict[str, Any]:
    """Filters from `key=value` words and a JSON file; a key that comes again adds a value, and a word goes before the file.

    :raises InputError: for a word without `=`, or a file that is no JSON object.
    """
    found: dict[str, Any] = _filters_in(file) if file is not None else {}
    seen: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise InputError(f"A filter is written key=value, not '{word}'.", hint="For instance: --filter verified=true")
        seen[key] = [*_listed(seen[key]), value] if key in seen else value
    return {**found, **seen}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _filters_in(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{file} cannot be read as JSON: {error}") from None
    if not isinstance(data, dict):
        raise InputError(f"{file} holds no JSON object.", hint='For instance: {"verified": true, "taxa": ["Lepidoptera"]}')
    return data
