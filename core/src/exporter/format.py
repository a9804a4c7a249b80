"""What a format is. The class docstring of `Format` shows the file that an author writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args, get_origin

import attrs

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table

O = TypeVar("O")  # noqa: E741 - the options of a format


@attrs.frozen
class NoOptions:
    """Options of a format that has none."""


class Format(Generic[O]):
    """A way of writing records. Subclass it, and name the class in the entry-point group `exporter.formats`.

        @attrs.frozen
        class Options:
            greeting: str = option(default="Hello", help="The first word of every line")

        class Hello(Format[Options]):
            name = "hello"
            title = "A line for each record"
            extension = "txt"
            packaging = "file"

            def exporter_query(self, ctx, records):
                return [table("hello", rows, provided(rows)) for rows in records.values()]

            def exporter_serialize(self, ctx, tables):
                ...

    Two methods are needed, `exporter_query` and `exporter_serialize`; any other hook may be added. The module is imported only
    when the format is asked for or listed: import what is heavy inside the methods.

    :cvar name: as it is written after `--format`.
    :cvar title: a few words for lists.
    :cvar family: the family it reads, or None for any.
    :cvar extension: of the file it makes, without the dot.
    :cvar media_type: of the file it makes.
    :cvar packaging: zip, folder or file; an option `packaging` of the format's own goes first.
    :cvar modes: the kinds of output it knows, for lists.
    :cvar aliases: further names, with the options that each one sets.
    :cvar identified: records that others refer to by identifier. It must be there and unique, also where case does not count;
        rows that refer to one that is not written are left out.
    :cvar unique: further records whose identifiers must be unique; rows that refer to one that is not there stay.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str | None] = None
    extension: ClassVar[str]
    media_type: ClassVar[str] = "application/octet-stream"
    packaging: ClassVar[str] = "zip"
    modes: ClassVar[tuple[str, ...]] = ()
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    identified: ClassVar[tuple[str, ...]] = ()
    unique: ClassVar[tuple[str, ...]] = ()
    Options: ClassVar[type[Any]] = NoOptions

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take the options class from the base: `Format[Options]`, or that of a class made from it."""
        super().__init_subclass__(**kwargs)
        for base in cls.__dict__.get("__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, Format):
                given = get_args(base)[0]
                if isinstance(given, type) and given is not Any:
                    cls.Options = given

    def options_for(self, options: O, source: Source) -> O:
        """The options once the source is known, before anything is read: fill in what depends on it, refuse what does not fit it.

        :raises InputError: for options that do not go together, or that this source cannot serve.
        """
        return options

    def warm(self, options: O) -> None:
        """Load what takes time and needs no data: imports, templates. Core calls it in a thread, while the database counts.

        What it raises is not told: it will be raised again where the run comes to it.
        """

    def followed(self, options: O, filtered: frozenset[str]) -> Mapping[str, str]:
        """Which parents are narrowed to those that a child names: parent record to child record.

        :param filtered: the records that filters of the user or the host narrow.
        """
        return {}

    def reads(self, options: O) -> frozenset[str] | None:
        """The records that it writes with these options; None for all that the source has."""
        return None

    def identified_for(self, options: O) -> tuple[str, ...]:
        """The records that others refer to by identifier with these options; by default `identified`."""
        return self.identified

    def unique_for(self, options: O) -> tuple[str, ...]:
        """The further records whose identifiers must be unique with these options; by default `unique`."""
        return self.unique

    def prepare_figure(self, options: O) -> None:
        """Called before anything is read where a figure is wanted: raise an `InputError` where what draws it is not installed."""

    def recognises(self, file: Path) -> bool:
        """Whether a file looks like one of this format's: by its name, unless the format knows better."""
        return file.suffix == f".{self.extension}"

    def knows_by_name(self, file: Path) -> bool:
        """Whether it recognises a file by its name alone: a format that looks into the file goes before."""
        return type(self).recognises is Format.recognises

    def resembles(self, file: Path) -> bool:
        """Whether a file that no format recognises is most likely a broken one of this format's, or lacks a part: by its name."""
        return file.suffix == f".{self.extension}"

    def extension_for(self, options: O) -> str:
        """The extension with these options."""
        return self.extension

    def packaging_for(self, options: O) -> str:
        """The packaging with these options."""
        return str(getattr(options, "packaging", None) or self.packaging)

    if TYPE_CHECKING:  # signatures for type checkers: a method here would be an answer to the hook

        def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
            """See `exporter.hookspecs`."""

        def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
            """See `exporter.hookspecs`."""

        def exporter_inspect(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterable[Finding]:
            """See `exporter.hookspecs`."""

        def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
            """See `exporter.hookspecs`."""

        def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str | None:
            """See `exporter.hookspecs`."""

        def exporter_check(self, file: Path, options: O, *receipts: Any, **more: Any) -> Iterable[Finding]:
            """See `exporter.hookspecs`; a method that takes no `receipts` answers, too."""
