"""meta.xml and EML as others write them: each flag on them, and what comes just short of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import exporter
from exporter.report import Finding

from .test_checks import EML, EVENTS, FINDS, META, PLAIN, archive, found

LEGAL = 'licenses/by/4.0/legalcode"><citetitle>CC BY'
LINK = '<ulink url="http://creativecommons.org/licenses/by/4.0/legalcode"><citetitle>CC BY</citetitle></ulink>'
EMPTY = "RECORD_REFERENTIAL_INTEGRITY_VIOLATION"
TERM = "http://rs.tdwg.org/dwc/terms/"
XML = META.format(**PLAIN)
LOCATION = '<field index="1" term="http://rs.tdwg.org/dwc/terms/locality"/>'
BASIS = f'<field default="MachineObservation" term="{TERM}basisOfRecord"/>'
BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def meta(folder: Path, xml: str, **files: str) -> list[Finding]:
    return exporter.check(archive(folder, {"meta.xml": xml, **files}), "dwca")


def codes(findings: list[Finding]) -> set[str]:
    return {f.code for f in findings}


def of(findings: list[Finding], code: str) -> Finding:
    return next(f for f in findings if f.code == code)


# --- meta.xml


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<archive", f"{BOMB}<archive", {"DWCA_META_XML_SCHEMA"}),
        ("<archive", f"{EXTERNAL}<archive", {"DWCA_META_XML_SCHEMA"}),
        ("<archive", "<!-- a comment -->\n<archive", set()),
        (LOCATION, "", {"DWCA_META_XML_SCHEMA"}),  # a core without fields
        ('xmlns="http://rs.tdwg.org/dwc/text/"', "", {"DWCA_META_XML_SCHEMA"}),  # whose rows are read all the same
        ("<files>", "<nonsense/><files>", {"DWCA_META_XML_SCHEMA"}),
        # names of the document
        ('metadata="eml.xml"', "metadata='eml.xml'", set()),
        ('metadata="eml.xml"', "", set()),
        ('metadata="eml.xml"', 'metadata = "eml.xml"', {"META_XML_DOUBTFUL"}),
        ('metadata="eml.xml"', 'metadata\n="other.xml"', {"META_XML_DOUBTFUL"}),
        ('metadata="eml.xml"', 'metadata="other.xml"', {"EML_NOT_FOUND"}),
        ('metadata="eml.xml"', 'metadata="https://example.org/eml.xml"', {"EML_NOT_FOUND"}),
        # row types
        (f"{TERM}Event", "http://rs.tdwg.org/dwc/terms/event", set()),
        (f"{TERM}Event", "https://rs.tdwg.org/dwc/terms/Event", set()),
        (f"{TERM}Event", "", {"CORE_ROWTYPE_UNDETERMINED"}),
        (f"{TERM}Event", f"{TERM}MeasurementOrFact", {"CORE_ROWTYPE_UNDETERMINED"}),
        (f"{TERM}Event", "http://example.org/Trap", {"CORE_ROWTYPE_UNDETERMINED", "UNKNOWN_ROWTYPE"}),
        (f"{TERM}Occurrence", "http://example.org/Find", {"UNKNOWN_ROWTYPE"}),
        (f"{TERM}Occurrence", f"{TERM}ResourceRelationship", set()),
        # terms
        (LOCATION, LOCATION.replace("locality", "trap"), {"UNKNOWN_TERM"}),
        (LOCATION, LOCATION.replace("dwc/terms/locality", "dwc/terms/Locality"), set()),
        (LOCATION, LOCATION.replace(TERM, "dwc:"), set()),
        (LOCATION, LOCATION.replace(TERM, ""), set()),
        (LOCATION, LOCATION.replace(f"{TERM}locality", "http://purl.org/dc/terms/language"), set()),
        (LOCATION, LOCATION + LOCATION.replace("1", "0"), {"DUPLICATED_TERM"}),
        (LOCATION, LOCATION + LOCATION.replace("locality", "habitat"), {"COLUMN_MAPPED_TWICE"}),
        (LOCATION, LOCATION + LOCATION.replace("locality", "eventID").replace("1", "0"), set()),  # beside the id
        (BASIS, "", {"REQUIRED_TERM_MISSING"}),
        (f"{TERM}occurrenceID", f"{TERM}recordNumber", {"REQUIRED_TERM_MISSING", "OCCURRENCE_NOT_UNIQUELY_IDENTIFIED"}),
        # fields
        (LOCATION, LOCATION.replace(' index="1"', ""), {"META_XML_DOUBTFUL"}),
        (LOCATION, LOCATION.replace(' index="1"', ' default=""'), set()),
        (LOCATION, LOCATION.replace('"1"', '"-1"'), {"DWCA_UNREADABLE"}),
        (LOCATION, LOCATION.replace('"1"', '"one"'), {"DWCA_UNREADABLE", "DWCA_META_XML_SCHEMA"}),
        (LOCATION, LOCATION.replace('"1"', '"99999999999999999999"'), {"DWCA_UNREADABLE"}),
        (LOCATION, LOCATION.replace('"1"', '"2"'), {"COLUMN_MISMATCH"}),
        ('<id index="0"/>', '<id index="7"/>', {"COLUMN_MISMATCH", EMPTY, "EXTENSION_ROW_ORPHAN"}),
        ('<id index="0"/>', "<id/>", {"RECORD_IDENTIFIER_NOT_FOUND"}),
        ('<coreid index="1"/>', "<coreid/>", {"RECORD_IDENTIFIER_NOT_FOUND"}),
        ('<coreid index="1"/>', "", {"RECORD_IDENTIFIER_NOT_FOUND", "DWCA_META_XML_SCHEMA"}),
        ("</core>", "</core>" + re.findall("<core.*</core>", XML, re.S)[0].replace("core>", "core >"), {"DWCA_META_XML_SCHEMA"}),
        # separators
        ('fieldsTerminatedBy="\\t"', 'fieldsTerminatedBy="||"', {"DWCA_UNREADABLE"}),
        ('fieldsTerminatedBy="\\t"', 'fieldsTerminatedBy="\\n"', {"DWCA_UNREADABLE"}),
        ('fieldsTerminatedBy="\\t"', 'fieldsTerminatedBy="\t"', {"META_XML_DOUBTFUL", "COLUMN_MISMATCH", EMPTY}),
        ('fieldsEnclosedBy=""', 'fieldsEnclosedBy="&quot;&quot;"', {"DWCA_UNREADABLE"}),
        ('fieldsEnclosedBy=""', 'fieldsEnclosedBy=" "', set()),
        ('linesTerminatedBy="\\n"', 'linesTerminatedBy="|"', {"META_XML_DOUBTFUL"}),
        ('linesTerminatedBy="\\n"', 'linesTerminatedBy="\\r\\n"', set()),
        ('encoding="UTF-8"', 'encoding="no such thing"', {"DWCA_UNREADABLE"}),
        ('encoding="UTF-8"', 'encoding="rot13"', {"DWCA_UNREADABLE"}),
        ('encoding="UTF-8"', "", set()),
        ('ignoreHeaderLines="1"', 'ignoreHeaderLines="-1"', {"EXTENSION_ROW_ORPHAN"}),  # then the header is a row
        ("<location>event.txt</location>", "", {"DWCA_META_XML_SCHEMA", "DWCA_UNREADABLE"}),
        ("<location>event.txt<", "<location> ./event.txt <", set()),
        ("<location>event.txt<", "<location>gone.txt<", {"DWCA_UNREADABLE"}),
    ],
)  # fmt: skip
def test_meta_xml(tmp_path: Path, old: str, new: str, expected: set[str]) -> None:
    assert old in XML
    changed = (
        XML.replace(old, new) if old.startswith(("encoding", "ignore", "lines", "fields")) else XML.replace(old, new, 1)
    )
    assert codes(meta(tmp_path, changed)) == expected


def test_meta_xml_in_other_encodings(tmp_path: Path) -> None:
    for content in (b"\xef\xbb\xbf" + XML.encode(), ('<?xml version="1.0" encoding="UTF-16"?>' + XML).encode("utf-16")):
        assert codes(exporter.check(archive(tmp_path, {"meta.xml": content}), "dwca")) <= {"META_XML_DOUBTFUL"}
    hidden = ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB + XML).encode("utf-16")
    assert "DOCTYPE" in of(exporter.check(archive(tmp_path, {"meta.xml": hidden}), "dwca"), "DWCA_META_XML_SCHEMA").message


def test_a_meta_xml_of_a_million_elements(tmp_path: Path) -> None:
    finding = of(meta(tmp_path, XML.replace(LOCATION, LOCATION * 200_000)), "DWCA_META_XML_SCHEMA")
    assert "500,000" in finding.message


def test_findings_name_terms_and_columns(tmp_path: Path) -> None:
    strange = LOCATION.replace("locality", "trap")
    findings = meta(tmp_path, XML.replace(LOCATION, strange + LOCATION))
    assert of(findings, "UNKNOWN_TERM").examples == [f"event.txt: {TERM}trap"]
    assert of(findings, "COLUMN_MAPPED_TWICE").examples == ["event.txt: column 1"]
    wrong = of(meta(tmp_path, XML.replace('encoding="UTF-8"', 'encoding="&#x202e;x"')), "DWCA_UNREADABLE")
    assert "nobody knows the encoding \\u202ex" in wrong.message


# --- the document about the data set


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<eml:eml", f"{BOMB}<eml:eml", {"EML_GBIF_SCHEMA"}),
        ("<eml:eml", f"{EXTERNAL}<eml:eml", {"EML_GBIF_SCHEMA"}),
        ("<eml:eml", "<!-- before the root --><eml:eml", {"EML_GBIF_SCHEMA"}),
        ("<eml:eml", "<?xml-stylesheet href='a.xsl'?><eml:eml", {"EML_GBIF_SCHEMA"}),
        ("<dataset>", "<!-- in the root --><dataset>", set()),
        ("<eml:eml", "\ufeff<eml:eml", {"EML_GBIF_SCHEMA"}),
        # where the schema is
        ("xsi:schemaLocation", "xsi:location", {"EML_GBIF_SCHEMA"}),
        ("2.2.0 https://rs.gbif", "2.2.0  https://rs.gbif", {"EML_GBIF_SCHEMA"}),
        ("2.2.0 https://rs.gbif", "2.2.0\n https://rs.gbif", {"EML_GBIF_SCHEMA"}),
        ("2.2.0 https://rs.gbif", "2.2.0\nhttps://rs.gbif", set()),  # a line end in an attribute is a blank
        ("xsi", "xs", {"EML_GBIF_SCHEMA"}),
        ("profile/1.3/", "profile/1.1/", {"EML_SCHEMA_NOT_CHECKED"}),
        ("rs.gbif.org/schema/eml-gbif-profile/1.3/eml.xsd", "eml.ecoinformatics.org/eml-2.2.0/eml.xsd", {"EML_SCHEMA_NOT_CHECKED"}),
        # structure
        ("<pubDate>2024-07-01</pubDate>", "", {"EML_GBIF_SCHEMA"}),
        ("<pubDate>2024-07-01</pubDate>", "<pubDate>2024</pubDate>", set()),
        ("2024-07-01", "in July", {"EML_GBIF_SCHEMA"}),
        ("Babbage", " ", {"EML_GBIF_SCHEMA"}),
        # content
        ("Moths of a meadow", "Moths here", set()),
        ("Moths of a meadow", " Moths her ", {"TITLE_MISSING_OR_TOO_SHORT"}),
        ("<title>", "<title>In other words</title><title>", set()),
        ("</title>", "</title><title>Moths</title>", {"TITLE_MISSING_OR_TOO_SHORT"}),
        ("Moths that came to the light in June.", "Moths came to light, June", set()),
        ("Moths that came to the light in June.", "Moths came to light, Juni"[:24], {"DESCRIPTION_MISSING_OR_TOO_SHORT"}),
        ("<para>Moths that came", "Moths that came<para>", {"DESCRIPTION_MISSING_OR_TOO_SHORT"}),
        ("legalcode", "", set()),
        ("http://creativecommons.org/licenses/by/4.0/legalcode", "https://example.org", set()),  # the title says it
        (LEGAL, LEGAL.replace("CC BY", "Mine"), set()),
        (LEGAL, LEGAL.replace("by", "by-sa").replace("CC BY", "SA"), {"LICENSE_MISSING_OR_UNKNOWN"}),
        (
            f"{LINK}</para></intellectualRights>",
            "</para></intellectualRights><licensed><licenseName>CC BY</licenseName><identifier>CC-BY-4.0</identifier></licensed>",
            {"LICENSE_MISSING_OR_UNKNOWN"},
        ),
        ("Lovelace</surName></individualName>", "Lovelace</surName></individualName><organizationName>A</organizationName>", set()),
        (
            "<individualName><surName>Lovelace</surName></individualName>",
            "<organizationName>Analytical Society</organizationName>",
            {"RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE"},
        ),
    ],
)  # fmt: skip
def test_eml(tmp_path: Path, old: str, new: str, expected: set[str]) -> None:
    assert old in EML
    every = old == "xsi"
    changed = EML.replace(old, new) if every else EML.replace(old, new, 1)
    assert set(found(archive(tmp_path, {"eml.xml": changed}))) == expected


def test_eml_that_is_no_utf8(tmp_path: Path) -> None:
    for content in (EML.encode("utf-16"), EML.replace("Lovelace", "Lovelàce").encode("latin-1")):
        findings = exporter.check(archive(tmp_path, {"eml.xml": content}), "dwca")
        assert [(f.code, "UTF-8" in f.message) for f in findings] == [("EML_GBIF_SCHEMA", True)]


def test_the_line_is_named(tmp_path: Path) -> None:
    wrong = EML.replace("<pubDate>2024-07-01</pubDate>", "")
    (finding,) = exporter.check(archive(tmp_path, {"eml.xml": wrong}), "dwca")
    assert finding.message.endswith(": line 5: Did not expect element abstract there.")


def test_metadata_xml_is_looked_for_too(tmp_path: Path) -> None:
    xml = XML.replace('metadata="eml.xml"', "")
    path = archive(
        tmp_path, {"meta.xml": xml, "eml.xml": "", "metadata.xml": EML, "event.txt": EVENTS, "occurrence.txt": FINDS}
    )
    assert found(path) == {}
    assert set(found(archive(tmp_path, {"meta.xml": xml, "eml.xml": ""}))) == {"EML_NOT_FOUND"}
