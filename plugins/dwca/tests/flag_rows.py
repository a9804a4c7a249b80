"""For each flag on cells a row that raises it, and one that stays just short of it; the day is 2023-06-15."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from exporter_dwca.flags import look

TODAY = dt.date(2023, 6, 15)
Cells = dict[str, str]


class Case(NamedTuple):
    code: str
    row_type: str
    raises: Cells
    short: Cells


def _rows(code: str, row_type: str, *pairs: tuple[Cells, Cells]) -> list[Case]:
    return [Case(code, row_type, raises, short) for raises, short in pairs]


def _one(term: str, code: str, row_type: str, *pairs: tuple[str, str]) -> list[Case]:
    return _rows(code, row_type, *(({term: raises}, {term: short}) for raises, short in pairs))


def _at(latitude: str, longitude: str, datum: str = "WGS84", **more: str) -> Cells:
    return {"decimalLatitude": latitude, "decimalLongitude": longitude, "geodeticDatum": datum, **more}


def _on(date: str, year: str = "", month: str = "", day: str = "", start: str = "", end: str = "") -> Cells:
    return {"eventDate": date, "year": year, "month": month, "day": day, "startDayOfYear": start, "endDayOfYear": end}


def _metres(name: str, least: str, most: str) -> Cells:
    return {f"minimum{name}InMeters": least, f"maximum{name}InMeters": most}


def _found(count: str, status: str, basis: str = "HumanObservation") -> Cells:
    return {"individualCount": count, "occurrenceStatus": status, "basisOfRecord": basis}


def _areas(scope: str, sampled: str, unit: str = "HA") -> Cells:
    return {
        "geospatialScopeAreaValue": scope,
        "geospatialScopeAreaUnit": "ha",
        "totalAreaSampledValue": sampled,
        "totalAreaSampledUnit": unit,
    }


_DATES = [
    *_rows(
        "RECORDED_DATE_INVALID",
        look.EVENT,
        (_on("june"), _on("June 2023")),
        (_on("2023-02-29"), _on("2020-02-29")),
        (_on("2023-13"), _on("2023-12")),
        (_on("5/4/2023"), _on("5/13/2023")),
        (_on("2023-06-14T24:00:00"), _on("2023-06-14T23:59:59.123456789+05:30")),
        (_on("2023-06-15/2023-06-14"), _on("2023-06-14/2023-06-15")),
        (_on("2023-06-14/13"), _on("2023-06-14/15")),
        (_on("2023-06-14T10:00:00Z/2023-06-14T10:30:00+01:00"), _on("2023-06-14T10:00:00Z/2023-06-14T11:00:00+01:00")),
        (_on("2023-06-14/.."), _on("2023-06-14/")),
        (_on("", "", "6", "14"), _on("", "2023", "6", "14")),
        (_on("", "2023", "", "14"), _on("", "2023", "jun.", "14")),
        (_on("", "2023", "2", "30"), _on("", "2023.0", "02", "28")),
        (_on("", "2023", "", "", "366"), _on("", "2020", "", "", "366")),
    ),
    *_rows(
        "RECORDED_DATE_MISMATCH",
        look.OCCURRENCE,
        (_on("2023-06-14", "2023", "6", "13"), _on("2023-06-14", "2023", "06", "14")),
        (_on("2023-06-14", "2023"), _on("2023", "2023")),
        (_on("2023-01-12/2023-04-07", "2023", "1"), _on("2023-01-12/2023-04-07", "2023")),
        (_on("2023-01-12/2023-01-17", "2023", "1", "18"), _on("2023-01-12/2023-01-17", "2023", "1", "17")),
        (_on("2022-12-31/2023-01-01", "2023"), _on("2022-12-31/2023-01-01")),
        (_on("", "2023", "2", "1", "33", "33"), _on("", "2023", "2", "1", "32", "32")),
        (_on("/2023-06-14"), _on("2023-06-14/")),
    ),
    *_rows(
        "RECORDED_DATE_UNLIKELY",
        look.EVENT,
        (_on("1499-12-31"), _on("1500-01-01")),
        (_on("2023-06-17"), _on("2023-06-16")),
        (_on("2023-07"), _on("2023-06")),
        (_on("2024"), _on("2023")),
        (_on("", "1499", "12", "31"), _on("", "1500", "1", "1")),
        (_on("2023-06-14T10:00/2023-06-15"), _on("2023-06-14T10:00/2023-06-15T10:00")),
    ),
    *_one(
        "modified",
        "MODIFIED_DATE_INVALID",
        look.OCCURRENCE,
        ("yesterday", "2023-06-14 10:00:00"),
        ("2023-00-01", "2023-01-01"),
    ),
    *_one(
        "modified",
        "MODIFIED_DATE_UNLIKELY",
        look.EVENT,
        ("1969-12-31", "1970-01-01"),
        ("2023-06-17", "2023-06-16T23:59:59Z"),
    ),
    *_one("dateIdentified", "IDENTIFIED_DATE_INVALID", look.OCCURRENCE, ("spring", "20230614"), ("2023-366", "2020-366")),
    *_one(
        "dateIdentified",
        "IDENTIFIED_DATE_UNLIKELY",
        look.IDENTIFICATION,
        ("1752-12-31", "1753-01-01"),
        ("2023-06-17", "2023-06-16"),
    ),
    *_one("created", "MULTIMEDIA_DATE_INVALID", look.MULTIMEDIA, ("14th", "14th June 2023"), ("1499-12-31", "1500-01-01")),
    *_one("created", "MULTIMEDIA_DATE_INVALID", look.IMAGE, ("2023-06-17", "2023-06-16")),
    *_one("CreateDate", "MULTIMEDIA_DATE_INVALID", look.AUDIOVISUAL, ("now", "2023-06-14T10:00:00.000Z")),
    *_one("measurementDeterminedDate", "MEASUREMENT_DATE_INVALID", look.MEASUREMENT, ("2023-06-31", "2023-06-30")),
    *_one("measurementDeterminedDate", "MEASUREMENT_DATE_INVALID", look.EXTENDED_MEASUREMENT, ("?", "1400")),
]

_PLACES = [
    *_rows(
        "COORDINATE_INVALID",
        look.EVENT,
        (_at("north", "8"), _at("47,5", "8")),
        (_at("47", "N"), _at("47° 30' N", "8° 12' 30\" E")),
        (_at("", "", verbatimCoordinates="by the river"), _at("", "", verbatimCoordinates="47.5, 8.25")),
        (
            _at("x", "8", verbatimLatitude="y", verbatimLongitude="z"),
            _at("x", "8", verbatimLatitude="47", verbatimLongitude="8"),
        ),
        (_at("", "", verbatimCoordinates="47°1'2\"N 8°1'2\"N"), _at("", "", verbatimCoordinates="47°1'2\"N 8°1'2\"E")),
    ),
    *_rows(
        "COORDINATE_OUT_OF_RANGE",
        look.OCCURRENCE,
        (_at("90.000001", "90.000001"), _at("90", "180")),
        (_at("-90.000001", "120"), _at("-90", "120")),
        (_at("10", "-180.000001"), _at("10", "-180")),
        (_at("1e400", "1"), _at("9e1", "1")),
    ),
    *_rows(
        "PRESUMED_SWAPPED_COORDINATE",
        look.EVENT,
        (_at("90.000001", "47"), _at("90", "47")),
        (_at("-180", "-90"), _at("-180", "-90.000001")),
    ),
    *_rows("ZERO_COORDINATE", look.EVENT, (_at("0", "0.000"), _at("0", "0.000001")), (_at("-0", "0"), _at("0.1", "0"))),
    *_rows(
        "COORDINATE_ROUNDED",
        look.OCCURRENCE,
        (_at("9.1234567", "8"), _at("9.123456", "8")),
        (_at("9", "-79.1234561"), _at("9", "-79.1234560")),
    ),
    *_rows("COORDINATE_INCOMPLETE", look.EVENT, (_at("9", ""), _at("9", "8")), (_at("", "8"), _at("", ""))),
    *_rows(
        "GEODETIC_DATUM_ASSUMED_WGS84",
        look.EVENT,
        (_at("9", "8", ""), _at("9", "8", "EPSG:4326")),
        (_at("9", "8", "unknown"), _at("", "", "")),
    ),
    *_rows(
        "GEODETIC_DATUM_INVALID",
        look.OCCURRENCE,
        (_at("9", "8", "not recorded"), _at("9", "8", "")),
        (_at("9", "8", "EPSG:1023"), _at("9", "8", "EPSG:1024")),
        (_at("9", "8", "WGS 85"), _at("9", "8", "wgs-84")),
    ),
    *_one(
        "coordinateUncertaintyInMeters",
        "COORDINATE_UNCERTAINTY_METERS_INVALID",
        look.EVENT,
        ("0", "0.01"),
        ("0.004", "0.005"),
        ("20037509", "20037508.99"),
        ("near", "30 m"),
        ("99999999", "-5"),
    ),
    *_one(
        "coordinatePrecision",
        "COORDINATE_PRECISION_INVALID",
        look.EVENT,
        ("1.0001", "1"),
        ("-0.0001", "0"),
        ("fine", "0,01"),
    ),
    *_one(
        "footprintWKT",
        "FOOTPRINT_WKT_INVALID",
        look.OCCURRENCE,
        ("POLYGON ((0 0, 1 0, 1 1, 0 1))", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
        ("LINESTRING (0 0)", "LINESTRING (0 0, 1 1)"),
        ("POINT (1)", "POINT Z (1 2 3)"),
        ("meadow", "MULTIPOINT ((0 0), 1 1)"),
        ("GEOMETRYCOLLECTION (POINT (1 2), ROUND (1 2))", "GEOMETRYCOLLECTION (POINT (1 2), POLYGON EMPTY)"),
        ("MULTIPOLYGON ((0 0, 1 0, 1 1, 0 0))", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"),
    ),
    *_rows(
        "FOOTPRINT_WKT_MISMATCH",
        look.EVENT,
        (_at("9", "8", footprintWKT="POINT (8 9.00001)"), _at("9", "8", footprintWKT="POINT (8 9.0000005)")),
    ),
    *_one("footprintSRS", "FOOTPRINT_SRS_INVALID", look.EVENT, ("flat", "EPSG:4326")),
    *_rows(
        "ELEVATION_NON_NUMERIC",
        look.EVENT,
        (_metres("Elevation", "100 m", ""), _metres("Elevation", "100", "")),
        (_metres("Elevation", "", "#"), _metres("Elevation", "", "1.234,5")),
    ),
    *_rows("ELEVATION_NOT_METRIC", look.EVENT, (_metres("Elevation", "100 ft", ""), _metres("Elevation", "0.1 km", ""))),
    *_rows("ELEVATION_MIN_MAX_SWAPPED", look.EVENT, (_metres("Elevation", "10.01", "10"), _metres("Elevation", "10", "10"))),
    *_rows(
        "ELEVATION_UNLIKELY",
        look.OCCURRENCE,
        (_metres("Elevation", "-430.01", ""), _metres("Elevation", "-430", "")),
        (_metres("Elevation", "", "17000.01"), _metres("Elevation", "", "17000")),
        (_metres("Elevation", "17000", "17001"), _metres("Elevation", "16999", "17001")),
    ),
    *_rows("DEPTH_NON_NUMERIC", look.EVENT, (_metres("Depth", "shallow", ""), _metres("Depth", "0.5", ""))),
    *_rows("DEPTH_NOT_METRIC", look.EVENT, (_metres("Depth", "", "3 fathoms"), _metres("Depth", "", "3 cm"))),
    *_rows("DEPTH_MIN_MAX_SWAPPED", look.EVENT, (_metres("Depth", "5", "4.99"), _metres("Depth", "4.99", "5"))),
    *_rows(
        "DEPTH_UNLIKELY",
        look.EVENT,
        (_metres("Depth", "-0.01", ""), _metres("Depth", "0", "")),
        (_metres("Depth", "11000.01", ""), _metres("Depth", "11000", "")),
    ),
    *_rows(
        "COUNTRY_INVALID",
        look.EVENT,
        ({"countryCode": "XX"}, {"countryCode": "GB"}),
        ({"countryCode": "UKK"}, {"countryCode": "UK"}),
        ({"countryCode": "Atlantis"}, {"countryCode": "PAN"}),
        ({"country": "12"}, {"country": "USA"}),
        ({"country": "N/A"}, {"country": "Namibia"}),
    ),
    *_rows(
        "COUNTRY_MISMATCH",
        look.OCCURRENCE,
        ({"country": "Panamá", "countryCode": "CR"}, {"country": "Panamá", "countryCode": "pa"}),
        ({"country": "Deutschland", "countryCode": "AT"}, {"country": "Österreich", "countryCode": "AT"}),
    ),
    *_one("country", "COUNTRY_NAME_UNKNOWN", look.EVENT, ("Atlantis", "off Australia"), ("Panamaa", "PANAMA")),
    *_one("continent", "CONTINENT_INVALID", look.EVENT, ("Gondwana", "SOUTH_AMERICA"), ("America", "South America")),
]

_WORDS = [
    *_one(
        "basisOfRecord",
        "BASIS_OF_RECORD_INVALID",
        look.OCCURRENCE,
        ("", "MachineObservation"),
        ("MaterialEntity", "MATERIAL_SAMPLE"),
        ("guess", "human observation"),
    ),
    *_one(
        "individualCount",
        "INDIVIDUAL_COUNT_INVALID",
        look.OCCURRENCE,
        ("12345678901", "1234567890"),
        ("2.0", "2"),
        ("-1", "0"),
        ("some", ""),
    ),
    *_one("occurrenceStatus", "OCCURRENCE_STATUS_UNPARSABLE", look.OCCURRENCE, ("maybe", "Present"), ("0", "absent")),
    *_rows(
        "OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT",
        look.OCCURRENCE,
        (_found("1", ""), _found("1", "present")),
        (_found("0", "doubtful"), _found("0", "", "PreservedSpecimen")),
        (_found("0", ""), _found("", "")),
    ),
    *_rows(
        "OCCURRENCE_STATUS_INFERRED_FROM_BASIS_OF_RECORD",
        look.OCCURRENCE,
        (_found("0", "", "PreservedSpecimen"), _found("1", "", "PreservedSpecimen")),
    ),
    *_rows(
        "INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS",
        look.OCCURRENCE,
        (_found("0", "present"), _found("1", "present")),
        (_found("1", "absent"), _found("0", "absent")),
    ),
    *_one(
        "typeStatus",
        "TYPE_STATUS_INVALID",
        look.OCCURRENCE,
        ("nice", "holotype"),
        ("holotype | nice", "Holotype of Apis mellifera | isotype"),
    ),
    *_one("typeStatus", "SUSPECTED_TYPE", look.OCCURRENCE, ("possible holotype", "holotype"), ("syntype?", "syntype")),
    *_one("sex", "SEX_NOT_IN_VOCABULARY", look.OCCURRENCE, ("worker", "Female")),
    *_one("lifeStage", "LIFE_STAGE_NOT_IN_VOCABULARY", look.OCCURRENCE, ("old", "Larva")),
    *_rows(
        "SAMPLE_SIZE_UNIT_NOT_IN_VOCABULARY",
        look.EVENT,
        ({"sampleSizeValue": "1", "sampleSizeUnit": "m²"}, {"sampleSizeValue": "1", "sampleSizeUnit": "square_metre"}),
        ({"sampleSizeValue": "1", "sampleSizeUnit": "hours"}, {"sampleSizeValue": "1", "sampleSizeUnit": "images"}),
    ),
    *_rows(
        "SAMPLE_SIZE_UNIT_MISSING",
        look.EVENT,
        ({"sampleSizeValue": "1", "sampleSizeUnit": ""}, {"sampleSizeValue": "1", "sampleSizeUnit": "trap"}),
        ({"sampleSizeValue": "", "sampleSizeUnit": "hour"}, {"sampleSizeValue": "", "sampleSizeUnit": ""}),
    ),
    *_one("sampleSizeValue", "SAMPLE_SIZE_VALUE_INVALID", look.EVENT, ("many", "0"), ("-0.1", "0.1")),
]

_LINKS = [
    *_one(
        "identifier",
        "MULTIMEDIA_URI_INVALID",
        look.MULTIMEDIA,
        ("", "https://x.org/1.jpg"),
        ("https://x.org/a b.jpg", "https://x.org/a%20b.jpg"),
        ("file:///a.jpg", "ftp://x.org/a.jpg"),
        ("https://my_host.org/1", "https://my-host.org/1"),
        ("https://x.org/%zz", "https://x.org/%2f"),
        ("images/a.jpg", "www.example.org/a.jpg"),
        ("https://1.2.3.256/", "https://1.2.3.255/"),
    ),
    *_rows(
        "MULTIMEDIA_URI_INVALID",
        look.IMAGE,
        ({"identifier": "", "references": "page 3"}, {"identifier": "", "references": "https://x.org/page/3"}),
    ),
    *_one(
        "accessURI", "MULTIMEDIA_URI_INVALID", look.AUDIOVISUAL, ("urn:uuid:1", "http://x.org:8080/a?b=[c]#d"), ("a|b", "")
    ),
    *_one("references", "REFERENCES_URI_INVALID", look.OCCURRENCE, ("my notes", "https://x.org/é")),
    *_one("references", "REFERENCES_URI_INVALID", look.EVENT, ("mailto:a@x.org", "https://a@x.org/")),
    *_one(
        "associatedMedia",
        "ASSOCIATED_MEDIA_URI_INVALID",
        look.OCCURRENCE,
        ("https://x.org/1,https://x.org/2", "https://x.org/1 | https://x.org/2"),
        ("https://x.org/1 | photo 2", "https://x.org/1?a=2,3"),
    ),
]

_SIZES = ("eventDuration", "geospatialScopeArea", "samplingEffort", "totalAreaSampled")
_SURVEYS = [
    *(
        case
        for size, code in zip(
            _SIZES, ("EVENT_DURATION", "GEOSPATIAL_SCOPE_AREA", "SAMPLING_EFFORT", "TOTAL_AREA_SAMPLED"), strict=True
        )
        for case in (
            *_rows(
                f"{code}_UNIT_MISSING",
                look.HUMBOLDT,
                ({f"{size}Value": "2"}, {f"{size}Value": "2", f"{size}Unit": "hours"}),
                ({f"{size}Value": "0", f"{size}Unit": "null"}, {f"{size}Unit": "hours"}),
            ),
            *_one(f"{size}Value", f"{code}_VALUE_INVALID", look.HUMBOLDT, ("two", "2"), ("-0.1", "0")),
        )
    ),
    *_rows(
        "EVENT_DURATION_UNIT_MISSING",
        look.HUMBOLDT,
        (
            {"eventDurationValue": "2", "eventDurationUnit": "moons"},
            {"eventDurationValue": "2", "eventDurationUnit": "Weeks"},
        ),
    ),
    *_one("siteCount", "SITE_COUNT_INVALID", look.HUMBOLDT, ("-1", "0"), ("1.5", "1")),
    *_one("abundanceCap", "ABUNDANCE_CAP_INVALID", look.HUMBOLDT, ("none", "")),
    *(
        case
        for answer, code in (
            ("isTaxonomicScopeFullyReported", "IS_TAXONOMIC_SCOPE_FULLY_REPORTED_INVALID"),
            ("isAbsenceReported", "IS_ABSENCE_REPORTED_INVALID"),
            ("hasNonTargetTaxa", "HAS_NON_TARGET_TAXA_INVALID"),
            ("areNonTargetTaxaFullyReported", "ARE_NON_TARGET_TAXA_FULLY_REPORTED_INVALID"),
            ("isLifeStageScopeFullyReported", "IS_LIFE_STAGE_SCOPE_FULLY_REPORTED_INVALID"),
            ("isDegreeOfEstablishmentScopeFullyReported", "IS_DEGREE_OF_ESTABLISHMENT_SCOPE_FULLY_REPORTED_INVALID"),
            ("isGrowthFormScopeFullyReported", "IS_GROWTH_FORM_SCOPE_FULLY_REPORTED_INVALID"),
            ("hasNonTargetOrganisms", "HAS_NON_TARGET_ORGANISMS_INVALID"),
            ("isAbundanceReported", "IS_ABUNDANCE_REPORTED_INVALID"),
            ("isAbundanceCapReported", "IS_ABUNDANCE_CAP_REPORTED_INVALID"),
            ("isVegetationCoverReported", "IS_VEGETATION_COVER_REPORTED_INVALID"),
            (
                "isLeastSpecificTargetCategoryQuantityInclusive",
                "IS_LEAST_SPECIFIC_TARGET_CATEGORY_QUANTITY_INCLUSIVE_INVALID",
            ),
            ("hasVouchers", "HAS_VOUCHERS_INVALID"),
            ("hasMaterialSamples", "HAS_MATERIAL_SAMPLES_INVALID"),
            ("isSamplingEffortReported", "IS_SAMPLING_EFFORT_REPORTED_INVALID"),
        )
        for case in _one(answer, code, look.HUMBOLDT, ("perhaps", "TRUE"), ("2", "1"))
    ),
    *(
        case
        for scope, code in (
            ("TaxonomicScope", "TARGET_TAXONOMIC_SCOPE_EXCLUDED"),
            ("LifeStageScope", "TARGET_LIFE_STAGE_SCOPE_EXCLUDED"),
            ("DegreeOfEstablishmentScope", "TARGET_DEGREE_OF_ESTABLISHMENT_EXCLUDED"),
            ("GrowthFormScope", "TARGET_GROWTH_FORM_EXCLUDED"),
            ("HabitatScope", "TARGET_HABITAT_SCOPE_EXCLUDED"),
        )
        for case in _rows(
            code,
            look.HUMBOLDT,
            (
                {f"target{scope}": "a | b", f"excluded{scope}": "c|b"},
                {f"target{scope}": "a | b", f"excluded{scope}": "c|ab"},
            ),
        )
    ),
    *_rows(
        "HAS_NON_TARGET_TAXA_MISMATCH",
        look.HUMBOLDT,
        (
            {"hasNonTargetTaxa": "false", "nonTargetTaxa": "Apis"},
            {"hasNonTargetTaxa": "false", "nonTargetTaxa": ""},
        ),
    ),
    *_rows(
        "HAS_MATERIAL_SAMPLES_MISMATCH",
        look.HUMBOLDT,
        (
            {"hasMaterialSamples": "no", "materialSampleTypes": "soil"},
            {"hasMaterialSamples": "yes", "materialSampleTypes": "soil"},
        ),
    ),
    *_rows(
        "GEOSPATIAL_SCOPE_AREA_LOWER_THAN_TOTAL_AREA_SAMPLED",
        look.HUMBOLDT,
        (_areas("5", "5.1"), _areas("5", "5")),
        (_areas("5", "6"), _areas("5", "6", "square_metre")),
    ),
    *_rows(
        "MEASUREMENT_TYPE_MISSING",
        look.EXTENDED_MEASUREMENT,
        (
            {"measurementType": "", "measurementValue": "0"},
            {"measurementType": "", "measurementValue": ""},
        ),
    ),
]

CASES = [*_DATES, *_PLACES, *_WORDS, *_LINKS, *_SURVEYS]
