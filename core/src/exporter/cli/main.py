"""The group of commands, and how an error leaves the program."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from exporter.errors import ExporterError

COMMANDS = {
    "run": ("run", "Export to a file."),
    "preview": ("run", "Count what a run would write, and what it would leave out and why."),
    "check": ("check", "Look for mistakes in a file."),
    "formats": ("listing", "List the formats, or show one with its options."),
    "sources": ("listing", "List the sources there are."),
    "records": ("listing", "List the records of a family, with their fields."),
    "map": ("authoring", "Look at a database and write a first exporter.toml."),
    "new-format": ("authoring", "Write a plugin for a format of your own."),
}


class _Commands(click.Group):
    """Commands by name; a command's module is imported when it is called, not for `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"exporter.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, with no command imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from exporter.errors import unknown

            raise unknown("command", args[0], COMMANDS, hint="`exporter --help` lists the commands.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """The command; what it prints when nobody reads any more goes nowhere, and what it did is done."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would exit with 1; and the interpreter must not write again when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="exporter-core", prog_name="exporter")
def exporter() -> None:
    """Export an application's database into the files that other tools demand.

    Begin with `exporter formats`: it lists what is installed, and a command to try.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 done, 1 our fault, 2 the user's input or findings, 3 a plugin's."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name or a finding may hold what the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        code: Any = exporter.main(args=args, standalone_mode=False)
    except ExporterError as error:
        _tell(error.message, error.hint)
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _tell("Stopped; nothing was published.", "")
        sys.exit(130)
    except click.ClickException as error:
        ctx = getattr(error, "ctx", None)
        _tell(error.format_message(), f"Try '{ctx.command_path} --help'." if ctx is not None else "")
        sys.exit(2)
    except OSError as error:
        _tell(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), "")
        sys.exit(2)
    except Exception as error:
        _fault(error)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(message: str, hint: str) -> None:
    click.echo(click.style("Error: ", fg="red", bold=True) + message, err=True)
    if hint:
        click.echo(hint, err=True)


def _fault(error: Exception) -> None:
    """A fault of ours: the one place where a traceback may be seen, in a file that can be sent to us."""
    import tempfile
    import traceback
    from pathlib import Path

    handle, name = tempfile.mkstemp(prefix="exporter-fault-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(traceback.format_exception(error))
    _tell(f"This is a fault of ours: {type(error).__name__}: {error}", f"Please send us {Path(name)}.")
