"""Checks on archives, ours and those of others."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import exporter

META = """<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">
<core rowType="http://rs.tdwg.org/dwc/terms/Event" fieldsTerminatedBy="{delimiter}" linesTerminatedBy="{end}"
 fieldsEnclosedBy="{quote}" encoding="{encoding}" ignoreHeaderLines="1">
<files><location>event.txt</location></files>{id}<field index="1" term="http://rs.tdwg.org/dwc/terms/locality"/></core>
<extension rowType="http://rs.tdwg.org/dwc/terms/Occurrence" fieldsTerminatedBy="{delimiter}" linesTerminatedBy="{end}"
 fieldsEnclosedBy="{quote}" encoding="{encoding}" ignoreHeaderLines="1">
<files><location>occurrence.txt</location></files><coreid index="1"/>
<field index="0" term="http://rs.tdwg.org/dwc/terms/occurrenceID"/>
<field default="MachineObservation" term="http://rs.tdwg.org/dwc/terms/basisOfRecord"/></extension></archive>"""
EML = """<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="https://eml.ecoinformatics.org/eml-2.2.0 https://rs.gbif.org/schema/eml-gbif-profile/1.3/eml.xsd"
 packageId="moths/v1" scope="system" system="http://gbif.org" xml:lang="en"><dataset><title>Moths of a meadow</title>
<creator><individualName><surName>Lovelace</surName></individualName></creator><pubDate>2024-07-01</pubDate>
<abstract><para>Moths that came to the light in June.</para></abstract><intellectualRights><para>
<ulink url="http://creativecommons.org/licenses/by/4.0/legalcode"><citetitle>CC BY</citetitle></ulink></para></intellectualRights>
<contact><individualName><surName>Babbage</surName></individualName></contact></dataset></eml:eml>"""
EVENTS = "id\tlocality\ne1\tMeadow\ne2\tForest\n"
FINDS = "id\tevent\nf1\te1\nf2\te2\n"
PLAIN = {"delimiter": "\\t", "end": "\\n", "quote": "", "encoding": "UTF-8", "id": '<id index="0"/>'}


def archive(tmp_path: Path, files: dict[str, str | bytes] | None = None, **layout: str) -> Path:
    path = tmp_path / "a.zip"
    given: dict[str, str | bytes] = {"meta.xml": META.format(**PLAIN | layout), "eml.xml": EML}
    given |= {"event.txt": EVENTS, "occurrence.txt": FINDS} | (files or {})
    with zipfile.ZipFile(path, "w") as out:
        for name, content in given.items():
            if content:
                out.writestr(name, content)
    return path


def found(path: Path) -> dict[str, tuple[int, list[str]]]:
    return {f.code: (f.count, f.examples) for f in exporter.check(path, "dwca")}


def test_a_sound_archive(tmp_path: Path) -> None:
    assert found(archive(tmp_path)) == {}
    folder = tmp_path / "folder"
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(folder)
    assert found(folder) == {}


@pytest.mark.parametrize(
    ("files", "code", "count", "examples"),
    [
        ({"meta.xml": ""}, "DWCA_META_XML_NOT_FOUND", 1, []),
        ({"meta.xml": "<archive/>"}, "DWCA_META_XML_SCHEMA", 1, []),
        ({"meta.xml": "<archive"}, "DWCA_META_XML_SCHEMA", 1, []),
        ({"eml.xml": ""}, "EML_NOT_FOUND", 1, []),
        ({"eml.xml": "<eml"}, "EML_GBIF_SCHEMA", 1, []),
        ({"eml.xml": EML.replace("Moths of a meadow", "Moths")}, "TITLE_MISSING_OR_TOO_SHORT", 1, []),
        ({"eml.xml": EML.replace(" that came to the light in June", "")}, "DESCRIPTION_MISSING_OR_TOO_SHORT", 1, []),
        ({"eml.xml": EML.replace("/by/4.0", "/by-nd/4.0").replace("CC BY", "ND")}, "LICENSE_MISSING_OR_UNKNOWN", 1, []),
        ({"eml.xml": EML.replace("Lovelace", "")}, "RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE", 1, []),
        ({"event.txt": ""}, "DWCA_UNREADABLE", 1, []),
        ({"event.txt": EVENTS + "e1\tAgain\n"}, "RECORD_NOT_UNIQUELY_IDENTIFIED", 1, ['event.txt:4 "e1"']),
        ({"event.txt": EVENTS + "\tNo id\n"}, "RECORD_REFERENTIAL_INTEGRITY_VIOLATION", 1, ["event.txt:4"]),
        ({"event.txt": EVENTS + "e3\n"}, "COLUMN_MISMATCH", 1, ["event.txt:4"]),
        (
            {"occurrence.txt": FINDS + "f3\te9\nf4\te8\n"},
            "EXTENSION_ROW_ORPHAN",
            2,
            ['occurrence.txt:4 "e9"', 'occurrence.txt:5 "e8"'],
        ),
        ({"occurrence.txt": FINDS + "f3\t\n"}, "RECORD_REFERENTIAL_INTEGRITY_VIOLATION", 1, ["occurrence.txt:4"]),
    ],
)
def test_one_fault(tmp_path: Path, files: dict[str, str | bytes], code: str, count: int, examples: list[str]) -> None:
    codes = found(archive(tmp_path, files))
    assert codes[code] == (count, examples or codes[code][1])


def test_a_core_without_id(tmp_path: Path) -> None:
    assert "RECORD_IDENTIFIER_NOT_FOUND" in found(archive(tmp_path, id=""))


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
@pytest.mark.parametrize(("end", "line_end"), [("\\n", "\n"), ("\\r\\n", "\r\n")])
@pytest.mark.parametrize("quote", ["", "&quot;"])
def test_other_layouts(tmp_path: Path, encoding: str, end: str, line_end: str, quote: str) -> None:
    def text(rows: str) -> bytes:
        cells = [[f'"{c}"' if quote else c for c in row.split("\t")] for row in rows.split("\n")[:-1]]
        return "".join(",".join(row) + line_end for row in cells).encode(encoding)

    files: dict[str, str | bytes] = {"event.txt": text(EVENTS + "e1\tZürich\n"), "occurrence.txt": text(FINDS + "f3\te9\n")}
    layout = {"delimiter": ",", "end": end, "quote": quote, "encoding": encoding}
    codes = found(archive(tmp_path, files, **layout))
    assert codes == {
        "RECORD_NOT_UNIQUELY_IDENTIFIED": (1, ['event.txt:4 "e1"']),
        "EXTENSION_ROW_ORPHAN": (1, ['occurrence.txt:4 "e9"']),
    }


def test_many_rows_in_blocks(tmp_path: Path) -> None:
    events = "id\tlocality\n" + "".join(f"event-{i}\t{'x' * 50}\n" for i in range(60_000))
    finds = "id\tevent\n" + "".join(f"f{i}\tevent-{i * 7 % 60_000}\n" for i in range(90_000)) + "last\tevent-60000"
    codes = found(archive(tmp_path, {"event.txt": events + "event-9\tagain\n", "occurrence.txt": finds}))
    assert codes == {
        "RECORD_NOT_UNIQUELY_IDENTIFIED": (1, ['event.txt:60002 "event-9"']),
        "EXTENSION_ROW_ORPHAN": (1, ['occurrence.txt:90002 "event-60000"']),
    }


def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    path = archive(tmp_path)
    whole = path.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:size])
        assert "DWCA_UNREADABLE" in found(path)


def samples() -> list[Path]:
    return sorted((Path(__file__).resolve().parents[4] / "shared" / "samples" / "dwca").glob("*.zip"))
