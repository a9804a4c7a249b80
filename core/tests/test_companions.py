"""Figures and pages beside an artifact: refused early, published with it and never without, and safe to open."""

from __future__ import annotations

import base64
import errno
import html.parser
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import exporter
from exporter import Finding, Format, InputError, Part, Source
from exporter.errors import Cancelled, FindingsError, PluginError
from exporter.page import Picture, render_page
from exporter.report import RecordCount, Report
from exporter.testing import sample_source

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HOSTILE = "<script>alert('1')</script> & \"quoted\" \u202e \x00\x1b[31m \ud800 {{ 7 * 7 }}"


class Plain(Format[Any]):
    name, title, extension, packaging = "plain", "Plain", "txt", "file"
    findings: tuple[Finding, ...] = ()

    def exporter_query(self) -> list[Any]:
        return []

    def exporter_serialize(self) -> Iterator[Part]:
        yield Part("plain.txt", [b"rows\n"], rows=1)

    def exporter_check(self) -> tuple[Finding, ...]:
        return self.findings


class Drawing(Plain):
    def exporter_figure(self, ctx: Any, tables: Any, file: Path) -> str | None:
        assert file.parent == ctx.scratch
        file.write_bytes(SVG)
        return f"A {file.suffix} of {len(tables)} tables with {len(ctx.report.findings)} findings."


class NotInstalled(Drawing):
    def prepare_figure(self, options: Any) -> None:
        raise InputError("The pencil is not installed.", hint="pip install pencil")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    return tmp_path


def run(folder: Path, format: Plain, **more: Any) -> exporter.api.Result:
    words: dict[str, Any] = {"source": sample_source("biodiversity"), "output": folder / "out.txt"}
    return exporter.run(format=format, **{**words, **more})


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- figures


@pytest.mark.parametrize("name", ["out.png", "out.svg", "out.PDF"])
def test_a_figure_goes_to_its_place(folder: Path, name: str) -> None:
    result = run(folder, Drawing(), figure=folder / name)
    assert (folder / name).read_bytes() == SVG
    assert names(folder) == {"out.txt", "out.txt.report.json", name}
    assert result.report.figure == str(folder / name)
    assert f'"figure": "{folder / name}"' in (folder / "out.txt.report.json").read_text()


def test_a_figure_may_be_in_another_folder(folder: Path) -> None:
    (folder / "pictures").mkdir()
    run(folder, Drawing(), figure=folder / "pictures" / "a.svg")
    assert names(folder / "pictures") == {"a.svg"}


def test_a_preview_draws_and_exports_nothing(folder: Path) -> None:
    result = exporter.preview(format=Drawing(), source=sample_source("biodiversity"), figure=folder / "a.svg")
    assert names(folder) == {"a.svg"}
    assert (result.artifact, result.report.figure) == (None, str(folder / "a.svg"))


def test_the_figure_knows_what_checks_found(folder: Path) -> None:
    class Found(Drawing):
        findings = (Finding("warning", "ODD", "Odd."),)

    run(folder, Found(), page=True)
    assert "with 1 findings." in (folder / "out.txt.report.html").read_text()


@pytest.mark.parametrize(
    ("figure", "format", "words"),
    [
        ("a.gif", Drawing, r"\.png, \.svg or \.pdf; .*a\.gif"),
        ("a", Drawing, "none of them"),
        ("there.svg", Drawing, "exists"),
        ("folder.svg", Drawing, "is a folder"),
        ("nowhere/a.svg", Drawing, "no folder"),
        ("a.svg", Plain, "'plain' draws no figure"),
        ("a.svg", NotInstalled, "pencil"),
    ],
)
@pytest.mark.parametrize("preview", [False, True])
def test_what_cannot_be_drawn_is_refused_before_anything_is_read(
    folder: Path, figure: str, format: type[Plain], words: str, preview: bool
) -> None:
    def read(_: Path) -> None:
        raise AssertionError("the source was read")

    source: Source = attrs.evolve(sample_source("biodiversity"), spool=read)
    (folder / "there.svg").write_bytes(b"old")
    (folder / "folder.svg").mkdir()
    before = names(folder)
    asked: dict[str, Any] = {"format": format(), "source": source, "figure": folder / figure}
    with pytest.raises(InputError, match=words):
        exporter.preview(**asked) if preview else exporter.run(**asked, output=folder / "out.txt")
    assert names(folder) == before
    assert (folder / "there.svg").read_bytes() == b"old"


@pytest.mark.parametrize("name", ["out.svg", "sub/../out.svg", "out.svg/a.svg"])
def test_a_figure_never_takes_the_place_of_the_artifact(folder: Path, name: str) -> None:
    (folder / "sub").mkdir()
    with pytest.raises(InputError, match="the artifact is there"):
        run(folder, Drawing(), output=folder / "out.svg", figure=folder / name)
    assert names(folder) == {"sub"}


def test_force_replaces_a_figure(folder: Path) -> None:
    (folder / "a.svg").write_bytes(b"old")
    run(folder, Drawing(), figure=folder / "a.svg", force=True)
    assert (folder / "a.svg").read_bytes() == SVG


def test_force_in_a_preview_is_about_the_figure(folder: Path) -> None:
    (folder / "a.svg").write_bytes(b"old")
    source = sample_source("biodiversity")
    exporter.preview(format=Drawing(), source=source, figure=folder / "a.svg", force=True)
    assert (folder / "a.svg").read_bytes() == SVG
    with pytest.raises(InputError, match="nothing but a figure"):
        exporter.preview(format=Drawing(), source=source, force=True)


def test_nothing_is_left_where_the_run_fails(folder: Path) -> None:
    class Broken(Drawing):
        findings = (Finding("error", "BAD", "Bad."),)

    with pytest.raises(FindingsError):
        run(folder, Broken(), figure=folder / "a.svg", page=True)
    assert names(folder) == set()
    run(folder, Broken(), figure=folder / "a.svg", page=True, keep_going=True)
    assert names(folder) == {"out.txt", "a.svg", "out.txt.report.json", "out.txt.report.html"}


def test_a_figure_that_somebody_else_put_there_meanwhile_is_kept(folder: Path) -> None:
    class Slow(Drawing):
        def exporter_figure(self, ctx: Any, tables: Any, file: Path) -> str | None:
            (folder / "a.svg").write_bytes(b"another's")
            return super().exporter_figure(ctx, tables, file)

    with pytest.raises(InputError, match="meanwhile"):
        run(folder, Slow(), figure=folder / "a.svg", page=True)
    assert (folder / "a.svg").read_bytes() == b"another's"
    assert names(folder) == {"a.svg", "out.txt", "out.txt.report.json", "out.txt.report.html"}
    assert '"figure": ""' in (folder / "out.txt.report.json").read_text()


def test_a_figure_without_room_stops_the_run_before_anything_is_published(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, draft: Path) -> None:
        draft.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("exporter.store.copy_whole", full)
    with pytest.raises(InputError, match=r"a\.svg: No space left on device\. Nothing was published\."):
        run(folder, Drawing(), figure=folder / "a.svg", page=True)
    with pytest.raises(InputError, match="No space left"):
        exporter.preview(format=Drawing(), source=sample_source("biodiversity"), figure=folder / "a.svg")
    assert names(folder) == set()


def test_who_draws_is_blamed(folder: Path) -> None:
    class Raises(Drawing):
        def exporter_figure(self) -> str | None:
            raise KeyError("colour")

    class Silent(Drawing):
        def exporter_figure(self, file: Path) -> Any:
            file.write_bytes(SVG)
            return True

    class Idle(Drawing):
        def exporter_figure(self) -> str | None:
            return "A picture of nothing."

    for format, words in ((Raises, "KeyError"), (Silent, "what the picture shows"), (Idle, r"did not write figure\.svg")):
        with pytest.raises(PluginError, match=f"'plain'.*exporter_figure.*{words}"):
            run(folder, format(), figure=folder / "a.svg")
    assert names(folder) == set()


def test_nobody_draws_after_all(folder: Path) -> None:
    class Passes(Drawing):
        def exporter_figure(self) -> str | None:
            return None

    with pytest.raises(InputError, match="draws no figure"):
        run(folder, Passes(), figure=folder / "a.svg")
    assert names(folder) == set()
    run(folder, Passes(), page=True)
    assert "<img" not in (folder / "out.txt.report.html").read_text()


def test_a_host_draws_where_the_format_does_not(folder: Path) -> None:
    class Artist:
        def exporter_figure(self, file: Path) -> str:
            file.write_bytes(b"mine")
            return "Mine."

    run(folder, Plain(), figure=folder / "a.png", plugins=[Artist()])
    assert (folder / "a.png").read_bytes() == b"mine"


def test_stopping_while_it_is_drawn(folder: Path) -> None:
    class Stops(Drawing):
        def exporter_figure(self, ctx: Any, tables: Any, file: Path) -> str | None:
            ctx.cancel.request()
            return super().exporter_figure(ctx, tables, file)

    with pytest.raises(Cancelled):
        run(folder, Stops(), figure=folder / "a.svg", page=True)
    assert names(folder) == set()


def test_plugins_are_told_of_the_stage(folder: Path) -> None:
    class Listens:
        def __init__(self) -> None:
            self.stages: list[str] = []

        def exporter_notify(self, event: Any) -> None:
            self.stages.append(event.stage)

    heard, heard_without = Listens(), Listens()
    run(folder, Drawing(), figure=folder / "a.svg", plugins=[heard])
    run(folder, Drawing(), force=True, plugins=[heard_without])
    assert heard.stages == ["rules", "query", "package", "check", "figure", "store", "done"]
    assert "figure" not in heard_without.stages


# --- pages


class _Page(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(folder: Path, format: Plain | None = None, **more: Any) -> str:
    run(folder, format or Drawing(), page=True, **more)
    return (folder / "out.txt.report.html").read_text(encoding="utf-8")


def test_the_page_tells_what_the_report_does(folder: Path) -> None:
    class Found(Drawing):
        findings = (Finding("warning", "ODD", "Something is odd.", 12, ["moth-1", "moth-2"], "event"),)

    text = page_of(folder, Found(), filters={"taxa": ["Noctua pronuba"]})
    report = exporter.preview(format=Plain(), source=sample_source("biodiversity")).report
    parsed = _Page(text)
    told = " ".join("".join(parsed.texts).split())
    words = ["Moths of a garden", "2024-06-01 21:30:00 UTC", "ODD", "Something is odd.", "moth-1", "moth-2", "plain.txt"]
    for each in (*words, "taxa = Noctua pronuba", *report.versions):
        assert each in told, each
    for record in report.records:
        assert record in told
    import hashlib

    digest = hashlib.sha256((folder / "out.txt").read_bytes()).hexdigest()
    assert told.count(digest) == 2  # of the artifact, and of its only part


def test_the_page_asks_nobody_for_anything(folder: Path) -> None:
    text = page_of(folder)
    parsed = _Page(text)
    assert not parsed.all("script")
    assert not parsed.all("link")
    assert [a for _, a in parsed.tags if {"src", "href", "srcset", "action", "style", "onload"} & {*a}] == parsed.all("img")
    assert re.findall(r"url\(|@import|https?:", text.replace(base64.b64encode(SVG).decode(), "")) == []
    (policy,) = [m["content"] for m in parsed.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_the_page_shows_the_figure_with_words_for_it(folder: Path) -> None:
    (image,) = _Page(page_of(folder)).all("img")
    assert image["src"] == f"data:image/svg+xml;base64,{base64.b64encode(SVG).decode()}"
    assert image["alt"] == "A .svg of 0 tables with 0 findings."
    assert names(folder) == {"out.txt", "out.txt.report.json", "out.txt.report.html"}


@pytest.mark.parametrize(("figure", "shown"), [("a.png", ".png"), ("a.pdf", ".svg")])
def test_the_page_shows_the_figure_that_was_asked_for_where_it_can(folder: Path, figure: str, shown: str) -> None:
    text = page_of(folder, figure=folder / figure)
    assert f'alt="A {shown} of' in text
    assert (folder / figure).is_file()


def test_a_page_without_figure(folder: Path) -> None:
    assert not _Page(page_of(folder, Plain())).all("img")
    text = page_of(folder, NotInstalled(), force=True)
    assert "There is no figure: The pencil is not installed. pip install pencil" in text


def test_a_page_about_a_run_that_checked_nothing_says_so(folder: Path) -> None:
    assert "were not looked at" not in page_of(folder)
    text = page_of(folder, checked=False, force=True)
    assert "were not looked at" in text
    assert "Nothing was found" not in text


def test_headings_and_tables_can_be_found_by_a_reader_of_screens(folder: Path) -> None:
    parsed = _Page(page_of(folder))
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert set(levels[1:]) == {2}
    assert all(header.get("scope") in ("row", "col") for header in parsed.all("th"))
    assert parsed.all("html") == [{"lang": "en"}]
    identified = {a["id"] for _, a in parsed.tags if "id" in a}
    named = {a[by] for _, a in parsed.tags for by in ("aria-labelledby", "aria-describedby") if by in a}
    assert named == identified


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "a.svg"
    file.write_bytes(SVG)
    part = {"name": HOSTILE, "title": HOSTILE, "rows": 1, "bytes": 1, "sha256": "0"}
    report = Report(format=HOSTILE, title=HOSTILE, source=HOSTILE, started=HOSTILE, project=HOSTILE, artifact=HOSTILE)
    report.options, report.filters, report.filters_in_words = {HOSTILE: HOSTILE}, {HOSTILE: [HOSTILE]}, [HOSTILE]
    report.findings = [Finding("error", HOSTILE, HOSTILE, 2, [HOSTILE], HOSTILE, HOSTILE, HOSTILE)]
    report.records, report.parts, report.versions = {HOSTILE: RecordCount()}, [part], {HOSTILE: HOSTILE}
    text = render_page(report, HOSTILE, Picture(file, HOSTILE), HOSTILE)
    text.encode("utf-8")
    assert "<script" not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text)
    parsed = _Page(text)
    (image,) = parsed.all("img")
    assert set(image) == {"src", "alt"}
    assert "{{ 7 * 7 }}" in "".join(parsed.texts)
    assert {tag for tag, _ in parsed.tags} == {
        tag for tag, _ in _Page(render_page(_tame(report), "a", Picture(file, "a"))).tags
    }


def _tame(report: Report) -> Report:
    tame = Report(format="a", title="a", source="a", started="a", project="a", artifact="a", options={"a": "a"})
    tame.filters, tame.filters_in_words = {"a": ["a"]}, ["a"]
    tame.findings = [Finding("error", "a", "a", 2, ["a"], "a", "a", "a")]
    tame.records, tame.versions = {"a": RecordCount()}, {"a": "a"}
    tame.parts = [{"name": "a", "title": "", "rows": 1, "bytes": 1, "sha256": "0"}]
    return tame


def test_the_same_run_makes_the_same_page(folder: Path) -> None:
    first = page_of(folder)
    assert page_of(folder, force=True, workers=1) == first
    assert str(folder) not in first


def test_where_no_page_can_be(folder: Path) -> None:
    (folder / "out.txt.report.html").mkdir()
    with pytest.raises(InputError, match="the page belongs there"):
        run(folder, Drawing(), page=True)
    assert names(folder) == {"out.txt.report.html"}


@pytest.mark.skipif(os.name != "posix", reason="names of files are text here")
def test_a_name_that_is_no_text(folder: Path) -> None:
    output = folder / os.fsdecode(b"out\xff.txt")
    run(folder, Drawing(), output=output, page=True)
    assert "out\ufffd.txt" in (folder / os.fsdecode(b"out\xff.txt.report.html")).read_text()
