"""Each of the archives of others: exactly these findings."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

import exporter

from .test_checks import samples

OLD = "EML_SCHEMA_NOT_CHECKED"  # profiles 1.0 to 1.2, which GBIF takes as well
NO_LICENSE = "LICENSE_MISSING_OR_UNKNOWN"  # of a time when none was asked for
SHORT = "DESCRIPTION_MISSING_OR_TOO_SHORT"
NO_META = {"DWCA_META_XML_NOT_FOUND"}
TAXA = {OLD, NO_LICENSE, SHORT}
# two occurrences of which the ids are empty, and no occurrenceID or triplet is mapped: GBIF could not tell one from the other
NAMELESS = {"REQUIRED_TERM_MISSING", "OCCURRENCE_NOT_UNIQUELY_IDENTIFIED"}
# a download of GBIF's of 2013: terms of its own, kingdomID and so on, that are in no row type
DOWNLOAD = {"UNKNOWN_TERM", OLD, NO_LICENSE}
# "Fri Mar 01 00:00:00 CET 1935" is how Java shows a date, and no coordinate has a datum
JAVA = {"RECORDED_DATE_INVALID", "MODIFIED_DATE_INVALID", "GEODETIC_DATUM_ASSUMED_WGS84"}
# "Indo-West Pacific", a country "N/A" and one "Not specified", thirds of a degree, 0 and 0, a precision of 10
FISHES = JAVA | {"IDENTIFIED_DATE_INVALID", "CONTINENT_INVALID", "COUNTRY_INVALID", "COUNTRY_NAME_UNKNOWN"}
FISHES |= {"ZERO_COORDINATE", "COORDINATE_ROUNDED", "COORDINATE_PRECISION_INVALID"}

EXPECTED: dict[str, set[str]] = {
    "dwca-2extensions": TAXA,
    "dwca-default-metadata-filename": NAMELESS | {"EML_NOT_FOUND"},  # it is called EML.xml, and GBIF looks for eml.xml
    "dwca-ids": TAXA,
    "dwca-invalid-simple-toomuch": NO_META,
    "dwca-invalid-simple-two": NO_META,
    "dwca-noheaders-1": NAMELESS | {OLD, NO_LICENSE},
    "dwca-noheaders-2": NAMELESS | {OLD, NO_LICENSE},
    "dwca-nometadata": NAMELESS | {"EML_NOT_FOUND"},
    # a vernacular name has a cell too many, and another tab before its language
    "dwca-orphaned-rows": TAXA | {"EXTENSION_ROW_ORPHAN", "COLUMN_SURPLUS"},
    "dwca-partial-default": NAMELESS | {OLD, NO_LICENSE, SHORT},
    "dwca-simple-csv": NO_META,  # GBIF's reader would guess the columns; its validator does not take it
    "dwca-simple-csv-dos": NO_META,
    "dwca-simple-csv-eml": NO_META,
    "dwca-simple-csv-notenclosed": NO_META,
    "dwca-simple-subdir": NAMELESS | {OLD, NO_LICENSE},
    "dwca-simple-test-archive": NAMELESS | {OLD, NO_LICENSE},
    "dwca-simple-test-archive-enclosed": NAMELESS | {OLD, NO_LICENSE},
    "dwca-star-test-archive": TAXA,
    "dwca-test-default": NAMELESS | {OLD, NO_LICENSE, SHORT},
    "dwca-utf8-eol-test": DOWNLOAD | JAVA,  # U+0085 in a cell is no line end
    "gbif-results": DOWNLOAD | FISHES,
    "gbif-results-lacks-s-metadata": DOWNLOAD | FISHES,
    "gbif-results-whitespace-in-xml": FISHES | {"UNKNOWN_TERM", "EML_GBIF_SCHEMA"},  # blanks before the XML declaration
}
PATHS = samples()


def test_none_is_left_out() -> None:
    if not PATHS:
        if os.environ.get("EXPORTER_REQUIRE_ALL"):
            pytest.fail("the sample archives are missing")
        pytest.skip("the sample archives are missing")
    assert {p.stem for p in PATHS} == set(EXPECTED)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_verdict_on_an_archive_of_others(path: Path, tmp_path: Path) -> None:
    findings = exporter.check(path)
    assert {f.code for f in findings} == EXPECTED[path.stem]
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path)
    unpacked = exporter.check(tmp_path, "dwca")  # the same as a folder, but that what macOS adds is one more
    assert {f.code for f in unpacked} == EXPECTED[path.stem]
