"""What every format keeps, as tests that an author inherits."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import attrs
import click
import pytest
from click.testing import CliRunner

import exporter
from exporter.cancel import Cancel
from exporter.companions import FIGURE, KINDS
from exporter.errors import Cancelled, InputError
from exporter.events import Event
from exporter.format import Format
from exporter.hooks import HookCaller
from exporter.options import fields, json_schema, structure
from exporter.packaging import PACKAGINGS
from exporter.parts import checked_name
from exporter.pipeline import Result
from exporter.progress import Progress
from exporter.records import FAMILIES
from exporter.registry import FORMATS, find_format, installed
from exporter.report import Finding
from exporter.source import Source
from exporter.testing.hostile import TEXTS
from exporter.testing.source import sample_source

_ROWS = 12
_EPOCH = "1717277400"  # the clock of every run here
_SEGMENT = 250  # core reads in smaller batches while memory is measured, so that few rows tell
_ALLOWED = 256 * 1024  # bytes by which two equal runs may differ
_BYTES_PER_PART = 4096  # directory entries and receipts


class FormatConformance:
    """Inherit it, name the format, and give each option a value that changes the output.

    As in:

        from exporter.testing import FormatConformance

        class TestHello(FormatConformance):
            format = "hello"
            option_values = {"greeting": "Good evening"}

    What a class says of options adds to what the classes say that it is made from; `exporter.testing.AnnotationConformance` and
    `ClassConformance` know the options that formats of images share.

    :cvar format: the format's name, as its entry point has it.
    :cvar family: the family of the rows, for a format that takes any.
    :cvar options: what every run is given, where the format cannot do without.
    :cvar option_values: a value for each option that changes the output; a function is called with a temporary folder.
    :cvar option_context: for an option: further options without which it could change nothing.
    :cvar options_without_effect: options that change nothing in an artifact of sample rows, and why.
    :cvar bytes_per_row: how much memory a format may keep for each row: identifiers, but not the row.
    :cvar rows_measured: of each record, for that: a few, and four times as many; fewer where each makes a file.
    """

    format: ClassVar[str]
    family: ClassVar[str] = ""
    options: ClassVar[Mapping[str, Any]] = {}
    option_values: ClassVar[Mapping[str, Any]] = {}
    option_context: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    options_without_effect: ClassVar[Mapping[str, str]] = {}
    bytes_per_row: ClassVar[int] = 200
    rows_measured: ClassVar[tuple[int, int]] = (1000, 4000)

    # --- what an author may override

    def source(self, rows: int = _ROWS, *, hostile: bool = False, padding: int = 0) -> Source:
        """The rows that the format is tried on; the parameters are those of `sample_source`."""
        family = self._format().family or self.family or FAMILIES[0]
        return sample_source(family, rows=rows, hostile=hostile, padding=padding)

    def export(
        self, output: Path, source: Source | None = None, options: Mapping[str, Any] | None = None, **more: Any
    ) -> Result:
        """One run."""
        words = {**self.options, **(options or {})}
        return exporter.run(format=self.format, source=source or self.source(), output=output, options=words, **more)

    @pytest.fixture(autouse=True)
    def _clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", _EPOCH)

    def _format(self) -> Format[Any]:
        return find_format(self.format)[0]

    # --- what it says of itself

    def test_entry_point(self) -> None:
        """It is found by its name, and nobody else claims that."""
        claims = [f for f in installed(FORMATS) if f.name == self.format]
        assert claims, f"No installed distribution has '{self.format}' in the entry-point group '{FORMATS}'."
        assert not claims[0].error, claims[0].error
        assert claims[0].plugin.name == self.format, (
            f"Its `name` is '{claims[0].plugin.name}', its entry point '{self.format}'."
        )

    def test_attributes(self) -> None:
        """What lists and pages show of it is there."""
        found = self._format()
        assert found.title.strip(), "`title` is empty."
        assert found.extension.strip(), "`extension` is empty."
        assert not found.extension.startswith("."), "`extension` is written without the dot."
        assert found.media_type.count("/") == 1, f"`media_type` is '{found.media_type}'."
        assert found.packaging in PACKAGINGS, f"`packaging` is one of {PACKAGINGS}."
        assert found.family is None or found.family in FAMILIES, f"`family` is None or one of {FAMILIES}."
        for alias, preset in found.aliases.items():
            assert find_format(alias)[0].name == self.format, f"The alias '{alias}' is a format's name."
            structure(found.Options, {**self.options, **preset})

    def test_listing_it_loads_nothing_heavy(self) -> None:
        """Its module is imported for every list of formats: SQLAlchemy belongs into the methods that use it."""
        code = f"from exporter.registry import find; find('{FORMATS}', 'format', '{self.format}'); import sys; print(*sys.modules)"
        loaded = set(_python("-c", code).split())
        assert "sqlalchemy" not in loaded, (
            "Its module imports SQLAlchemy, maybe from `exporter`; import it inside the methods."
        )

    # --- options

    def test_options_are_described(self) -> None:
        """The JSON Schema is closed, and every option has a type and a help text."""
        cls = self._format().Options
        schema = json_schema(cls)
        json.dumps(schema)
        assert attrs.has(cls), "`Options` is an attrs class."
        silent = [a.name for a in attrs.fields(cls) if a.name not in fields(cls)]
        assert not silent, f"Made without option(), so that nobody can set them: {silent}."
        assert set(schema["required"]) <= set(schema["properties"])
        for name, described in schema["properties"].items():
            assert described["type"] in ("string", "integer", "number", "boolean", "array"), name
            assert described["description"].strip(), f"The option '{name}' has no help text."

    def test_options_are_flags(self) -> None:
        """Every option is a flag of the command, and its value arrives; an unknown one is refused."""
        from exporter.cli.main import exporter as command

        shown = CliRunner().invoke(command, ["run", "--format", self.format, "--help"], terminal_width=200)
        assert shown.exit_code == 0, shown.output
        for spec in fields(self._format().Options).values():
            assert f"--{spec.flag}" in shown.output, f"`--help` does not show --{spec.flag}."

    def test_flags_are_read(self, tmp_path: Path) -> None:
        """What is given as flags arrives as what is given in Python."""
        from exporter.cli.words import format_options

        given = {n: v for n, v in self._values(tmp_path).items() if v is not None}
        read = format_options(_command("run", "--format", self.format, *_flags(self._format(), given)).params)
        cls = self._format().Options
        assert structure(cls, {**self.options, **read}) == structure(cls, {**self.options, **given})

    def test_unknown_options_are_refused(self) -> None:
        """A misspelt option is an error, never ignored."""
        with pytest.raises(InputError, match="no_such_option"):
            structure(self._format().Options, {**self.options, "no_such_option": "1"})
        with pytest.raises(click.UsageError, match="no-such-option"):
            _command("run", "--format", self.format, "--no-such-option", "1")

    def test_options_change_the_output(self, tmp_path: Path) -> None:
        """An option that is declared changes the output; one that does not is listed with a reason."""
        known = set(fields(self._format().Options))
        told = {*self._all("option_values"), *self._all("options_without_effect")}
        assert told <= known, f"There are no options {sorted(told - known)}."
        assert known <= told, (
            f"List {sorted(known - told)} in `option_values` or, with a reason, in `options_without_effect`."
        )
        for name, value in self._values(tmp_path).items():
            matters = any(self._changes(tmp_path, name, value, hostile) for hostile in (False, True))
            assert matters, f"The option {name} = {value!r} changes nothing."

    def _changes(self, folder: Path, name: str, value: Any, hostile: bool) -> bool:
        """Whether an option changes the bytes, with friendly or hostile rows."""
        beside = self._all("option_context").get(name, {})
        rows = self.source(2 * len(TEXTS), hostile=True) if hostile else self.source()
        given = (beside, {**beside, name: value})
        before, after = (
            self.export(folder / "out", rows, words, keep_going=True, force=True).report.sha256 for words in given
        )
        return before != after

    def _values(self, folder: Path) -> dict[str, Any]:
        without = self._all("options_without_effect")
        values = {n: v for n, v in self._all("option_values").items() if n not in without}
        return {n: v(folder) if callable(v) else v for n, v in values.items()}

    def _all(self, name: str) -> dict[str, Any]:
        """What this class and those that it is made from say of options."""
        return {key: value for cls in reversed(type(self).__mro__) for key, value in vars(cls).get(name, {}).items()}

    # --- what it writes

    def test_same_rows_give_same_bytes(self, tmp_path: Path) -> None:
        """Neither the name of the output nor the process, the order of sets or the time zone reaches the artifact."""
        digests = {self.export(tmp_path / name).report.sha256 for name in ("one", "another")}
        for seed, zone in (("1", "UTC"), ("2", "Asia/Kolkata")):
            digests.add(self._elsewhere(tmp_path / f"process-{seed}", PYTHONHASHSEED=seed, TZ=zone))
        assert len(digests) == 1, "The same rows gave different bytes."

    def _elsewhere(self, output: Path, **environment: str) -> str:
        file = sys.modules[type(self).__module__].__file__
        return _python("-m", "exporter.testing.process", str(file), type(self).__qualname__, str(output), **environment)

    def test_no_rows(self, tmp_path: Path) -> None:
        """No rows at all make an artifact that its own check accepts."""
        result = self.export(tmp_path / "empty", self.source(0))
        assert not self._errors(result), self._errors(result)

    def test_own_findings(self, tmp_path: Path) -> None:
        """Its check accepts what it writes, and the file is recognised."""
        result = self.export(tmp_path / "own")
        assert result.artifact is not None
        assert not self._errors(result), self._errors(result)
        named = result.artifact.path.rename(tmp_path / f"own.{self._format().extension_for(self._options())}")
        assert self._format().recognises(named), "It does not recognise its own file."

    def test_hostile_rows(self, tmp_path: Path) -> None:
        """Whatever stands in the rows: nothing breaks, its check finds no error, and names stay inside the artifact."""
        result = self.export(tmp_path / "hostile", self.source(2 * len(TEXTS), hostile=True), keep_going=True)
        assert result.artifact is not None
        assert not self._errors(result), self._errors(result)
        taken: set[str] = set()
        for name in _names(result.artifact.path):
            checked_name(name, taken)
        assert {p.name for p in tmp_path.iterdir()} == {"hostile", "hostile.report.json"}

    @pytest.mark.parametrize("kind", KINDS)
    def test_figures(self, kind: str, tmp_path: Path) -> None:
        """A format that draws does so for any rows, and none; the same rows give the same bytes."""
        if not hasattr(self._format(), FIGURE):
            pytest.skip("it draws no figure")
        for rows, hostile in ((0, False), (2 * len(TEXTS), True)):
            drawn = set()
            for name in ("one", "another"):
                figure = tmp_path / f"{name}-{rows}{kind}"
                self.export(tmp_path / f"{name}-{rows}", self.source(rows, hostile=hostile), keep_going=True, figure=figure)
                drawn.add(figure.read_bytes())
            assert len(drawn) == 1, "The same rows gave different figures."

    def test_check_of_a_broken_file(self, tmp_path: Path) -> None:
        """Its check answers with findings for a file that was cut off, too."""
        artifact = self.export(tmp_path / "whole").artifact
        assert artifact is not None
        if artifact.path.is_dir() or not hasattr(self._format(), "exporter_check"):
            pytest.skip("it checks no single file")
        content = artifact.path.read_bytes()
        for length in (0, 1, len(content) // 2, len(content) - 1):
            cut = tmp_path / f"cut-{length}"
            cut.write_bytes(content[:length])
            assert all(isinstance(f, Finding) for f in exporter.check(cut, self.format))

    def _errors(self, result: Result) -> list[Finding]:
        assert result.artifact is not None
        hooks = HookCaller([(self.format, self._format())])  # without receipts: what `exporter check` would read of the file
        return [f for f in hooks.check(result.artifact.path, self._options()) if f.level == "error"]

    def _options(self) -> Any:
        return structure(self._format().Options, self.options)

    # --- how it writes

    def test_rows_are_streamed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Many rows take no more memory than few, but for what `bytes_per_row` grants."""
        monkeypatch.setattr("exporter.joined.SEGMENT", _SEGMENT)
        less, more = self.rows_measured
        self._measured(tmp_path / "first", less)  # imports, caches
        few, small = self._measured(tmp_path / "few", less)
        many, large = self._measured(tmp_path / "many", more)
        rows = _written(large) - _written(small)
        parts = len(large.report.parts) - len(small.report.parts)
        allowed = _ALLOWED + rows * self.bytes_per_row + parts * _BYTES_PER_PART
        assert many - few <= allowed, f"{rows} rows more took {many - few:,} bytes more; {allowed:,} are allowed."

    def _measured(self, output: Path, rows: int) -> tuple[int, Result]:
        """The highest use of memory by Python objects, from when the rows are in the database."""
        source = self.source(rows, padding=40)
        if source.spool is None:
            tracemalloc.start()
        else:
            source = attrs.evolve(source, spool=_then_trace(source.spool))
        try:
            result = self.export(output, source)
            return tracemalloc.get_traced_memory()[1], result
        finally:
            tracemalloc.stop()

    @pytest.mark.parametrize("stage", ["rules", "query", "package", "writing", "check"])
    def test_cancel(self, tmp_path: Path, stage: str) -> None:
        """Stopped in any stage, it leaves nothing behind."""
        stop = _Stop(stage)
        with pytest.raises(Cancelled):
            self.export(tmp_path / "out", cancel=stop.cancel, progress=stop.progress, plugins=[stop])
        assert not list(tmp_path.iterdir()), "Something was left behind."


class _Stop:
    """A host that asks to stop when a stage begins; `writing` is the middle of packaging."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.cancel = Cancel()

    def exporter_notify(self, event: Event) -> None:
        if event.stage in (self.stage, "check"):
            self.cancel.request()

    def progress(self, progress: Progress) -> None:
        if progress.stage.startswith(self.stage):
            self.cancel.request()


def _then_trace(spool: Callable[[Path], None]) -> Callable[[Path], None]:
    def spooled(path: Path) -> None:
        spool(path)
        gc.collect()
        tracemalloc.start()

    return spooled


def _python(*words: str, **environment: str) -> str:
    """What another Python prints, which finds the same modules."""
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _command(name: str, *words: str) -> click.Context:
    """The command line as it is read, not run."""
    from exporter.cli.main import exporter as command

    found = command.get_command(click.Context(command), name)
    assert found is not None
    return found.make_context(name, list(words))


def _flags(format: Format[Any], options: Mapping[str, Any]) -> list[str]:
    known = fields(format.Options)
    words: list[str] = []
    for name, value in options.items():
        spec = known[name]
        if isinstance(value, bool):
            words.append(f"--{spec.flag}" if value else f"--no-{spec.flag}")
        elif spec.many:
            words += [w for v in value for w in (f"--{spec.flag}", str(v))]
        else:
            text = ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
            words += [f"--{spec.flag}", text]
    return words


def _names(artifact: Path) -> list[str]:
    if artifact.is_dir():
        return [p.relative_to(artifact).as_posix() for p in artifact.rglob("*") if p.is_file()]
    if not zipfile.is_zipfile(artifact):
        return []
    with zipfile.ZipFile(artifact) as archive:
        assert archive.testzip() is None, "The zip is broken."
        return archive.namelist()


def _written(result: Result) -> int:
    return sum(part["rows"] for part in result.report.parts)
