"""Places: coordinates, datums, uncertainty, footprints, elevation and depth."""

from __future__ import annotations

from functools import partial

from exporter_dwca.flags import Flag
from exporter_dwca.flags.footprint import is_footprint
from exporter_dwca.flags.look import BETWEEN, GBIF, OURS, RECORDS, Look, given
from exporter_dwca.flags.number import length, number
from exporter_dwca.flags.place import Point, is_datum, of_footprint, of_pair, of_text

_COORDINATES = f"{GBIF}: LocationParser, CoordinateParseUtils"
_METRES = f"{GBIF}: LocationInterpreter, MeterRangeParser"
_MOST_UNCERTAIN = 20_037_509  # metres, half of the equator
_ELEVATIONS = (-430, 17_000)  # metres, from the shore of the Dead Sea to the top of the troposphere
_DEEPEST = 11_000  # metres
_SAME = 1e-6  # degrees that a point of a footprint may be off

FLAGS = (
    Flag(
        "COORDINATE_INVALID",
        "warning",
        "Coordinates that cannot be read",
        "decimalLatitude or decimalLongitude is neither a number nor degrees with minutes and seconds, and no "
        "verbatim coordinates stand in for them.",
        _COORDINATES,
    ),
    Flag(
        "COORDINATE_OUT_OF_RANGE",
        "warning",
        "Coordinates that are not on Earth",
        "The latitude is not in -90 to 90 or the longitude not in -180 to 180, and the two are not each other's.",
        _COORDINATES,
    ),
    Flag(
        "PRESUMED_SWAPPED_COORDINATE",
        "warning",
        "Coordinates that seem to be swapped",
        "The latitude is beyond 90 degrees, and would be right as a longitude, as the longitude would be as a latitude. "
        "What a wrong country would tell needs GBIF's map.",
        _COORDINATES,
    ),
    Flag(
        "ZERO_COORDINATE",
        "warning",
        "Coordinates of 0 degrees, 0 degrees",
        "Latitude and longitude are both 0.",
        _COORDINATES,
    ),
    Flag(
        "COORDINATE_ROUNDED",
        "warning",
        "Coordinates with more than 6 decimals",
        "Rounding to 6 decimals, some 10 cm, changes the latitude or the longitude; GBIF rounds.",
        _COORDINATES,
    ),
    Flag(
        "COORDINATE_INCOMPLETE",
        "warning",
        "Latitudes without longitude, or the reverse",
        "One of decimalLatitude and decimalLongitude is given, the other is not, and nothing else gives "
        "coordinates. GBIF drops it and says nothing.",
        OURS,
    ),
    Flag(
        "GEODETIC_DATUM_ASSUMED_WGS84",
        "warning",
        "Coordinates without a datum that is known",
        "There are coordinates, and geodeticDatum is empty or invalid. An occurrence of an archive with event "
        "core may have it from its event.",
        f"{GBIF}: Wgs84Projection",
    ),
    Flag(
        "GEODETIC_DATUM_INVALID",
        "warning",
        "Datums that nobody knows",
        "There are coordinates, and geodeticDatum is neither EPSG:n nor a name that GBIF knows, such as WGS84 or NAD27.",
        f"{GBIF}: SpatialReferenceSystemParser, DatumParser",
    ),
    Flag(
        "COORDINATE_UNCERTAINTY_METERS_INVALID",
        "warning",
        "Uncertainties that are no length above 0",
        "coordinateUncertaintyInMeters, rounded to centimetres, is not above 0 and below 20,037,509 metres. GBIF "
        "forgives a minus and a unit.",
        _METRES,
    ),
    Flag(
        "COORDINATE_PRECISION_INVALID",
        "warning",
        "Precisions that are not from 0 to 1",
        "coordinatePrecision is no number from 0 to 1.",
        f"{GBIF}: LocationInterpreter",
    ),
    Flag(
        "FOOTPRINT_WKT_INVALID",
        "warning",
        "Footprints that are no well-known text",
        "footprintWKT is no geometry in well-known text, or has a line of one position or a ring that is not closed.",
        f"{GBIF}: FootprintWKTParser",
    ),
    Flag(
        "FOOTPRINT_WKT_MISMATCH",
        "warning",
        "Footprints of one point that is not the place",
        "footprintWKT is a point more than 0.000001 degrees from decimalLatitude or decimalLongitude.",
        f"{GBIF}: LocationInterpreter",
    ),
    Flag(
        "FOOTPRINT_SRS_INVALID",
        "warning",
        "Reference systems of footprints that nobody knows",
        "footprintSRS is neither EPSG:n nor a name that GBIF knows.",
        f"{GBIF}: LocationInterpreter",
    ),
    *(
        flag
        for name, far in (
            (
                "elevation",
                f"The middle of minimum and maximum is below {_ELEVATIONS[0]} or above {_ELEVATIONS[1]:,} metres; GBIF drops it.",
            ),
            ("depth", f"The middle of minimum and maximum is below 0 or beyond {_DEEPEST:,} metres."),
        )
        for flag in (
            Flag(
                f"{name.upper()}_NON_NUMERIC",
                "warning",
                f"{name.capitalize()}s that are no numbers",
                f"The minimum or maximum of {name} holds a letter, be it a unit, or is no number.",
                _METRES,
            ),
            Flag(
                f"{name.upper()}_NOT_METRIC",
                "warning",
                f"{name.capitalize()}s in feet, inches, fathoms or nautical miles",
                f"The minimum or maximum of {name} names such a unit.",
                _METRES,
            ),
            Flag(
                f"{name.upper()}_MIN_MAX_SWAPPED",
                "warning",
                f"{name.capitalize()}s whose minimum is above the maximum",
                f"The minimum of {name} is above its maximum.",
                _METRES,
            ),
            Flag(f"{name.upper()}_UNLIKELY", "warning", f"{name.capitalize()}s that are hardly possible", far, _METRES),
        )
    ),
)


def looks() -> tuple[Look, ...]:
    """The checks of places."""
    latitude, longitude = r"-?(?:[1-8]\d?|9)(?:\.\d{1,6})?", r"-?(?:1[0-7]\d|[1-9]?\d)(?:\.\d{1,6})?"
    datum = r"(?:EPSG:4326|WGS ?84)"
    metres = r"(?:\d{1,3}(?:\.\d{1,2})?)?"
    return (
        Look(
            (
                "decimalLatitude",
                "decimalLongitude",
                "verbatimLatitude",
                "verbatimLongitude",
                "verbatimCoordinates",
                "geodeticDatum",
            ),
            RECORDS,
            _judge_coordinates,
            BETWEEN.join([latitude, longitude, *[rf"[^\n{BETWEEN}]*+"] * 3, datum]) + f"|{BETWEEN * 5}",
            frozenset({"GEODETIC_DATUM_ASSUMED_WGS84", "COORDINATE_INCOMPLETE"}),
        ),
        Look(("coordinateUncertaintyInMeters",), RECORDS, _judge_uncertainty, r"(?:[1-9]\d{0,6}(?:\.\d{1,9})?)?"),
        Look(("coordinatePrecision",), RECORDS, _judge_precision, r"(?:0\.\d{1,15})?"),
        Look(
            ("footprintWKT", "footprintSRS", "decimalLatitude", "decimalLongitude"),
            RECORDS,
            _judge_footprint,
            needed=frozenset({"footprintWKT", "footprintSRS"}),
        ),
        *(
            Look(
                (f"minimum{name}InMeters", f"maximum{name}InMeters"),
                RECORDS,
                partial(_judge_range, kind=name.upper(), limits=limits),
                f"{metres}{BETWEEN}|{BETWEEN}{metres}",
            )
            for name, limits in (("Elevation", _ELEVATIONS), ("Depth", (0, _DEEPEST)))
        ),
    )


def _judge_coordinates(*cells: str) -> tuple[str, ...]:
    latitude, longitude, *verbatim, datum = map(given, cells)
    point = _first(latitude, longitude, *verbatim)
    codes = set(point.codes)
    if point.degrees and not is_datum(datum):
        codes.add("GEODETIC_DATUM_ASSUMED_WGS84")
        if datum:
            codes.add("GEODETIC_DATUM_INVALID")
    if not point.degrees and not point.codes and (latitude or longitude):
        codes.add("COORDINATE_INCOMPLETE")
    return tuple(sorted(codes))


def _first(latitude: str, longitude: str, v_latitude: str, v_longitude: str, coordinates: str) -> Point:
    """The first point that can be read; where none can, all that is wrong."""
    codes: frozenset[str] = frozenset()
    for read, texts in ((of_pair, (latitude, longitude)), (of_pair, (v_latitude, v_longitude)), (of_text, (coordinates,))):
        point: Point = read(*texts)
        if point.degrees:
            return point
        codes |= point.codes
    return Point(None, codes)


def _judge_uncertainty(cell: str) -> tuple[str, ...]:
    text = given(cell)
    metres = length(text).metres
    good = not text or (metres is not None and 0 < abs(metres) < _MOST_UNCERTAIN)
    return () if good else ("COORDINATE_UNCERTAINTY_METERS_INVALID",)


def _judge_precision(cell: str) -> tuple[str, ...]:
    text = given(cell)
    value = number(text)
    return () if not text or (value is not None and 0 <= value <= 1) else ("COORDINATE_PRECISION_INVALID",)


def _judge_footprint(wkt: str, srs: str, latitude: str, longitude: str) -> tuple[str, ...]:
    wkt, srs = given(wkt), given(srs)
    if srs and not is_datum(srs):
        return ("FOOTPRINT_SRS_INVALID",)
    if not wkt:
        return ()
    point = of_footprint(wkt).degrees
    if point is None:
        return () if is_footprint(wkt) else ("FOOTPRINT_WKT_INVALID",)
    place = of_pair(given(latitude), given(longitude)).degrees
    near = place is None or all(abs(a - b) <= _SAME for a, b in zip(point, place, strict=True))
    return () if near else ("FOOTPRINT_WKT_MISMATCH",)


def _judge_range(least: str, most: str, kind: str, limits: tuple[int, int]) -> tuple[str, ...]:
    texts = [text for text in map(given, (least, most)) if text]
    lengths = [length(text) for text in texts]
    metres = [each.metres for each in lengths if each.metres is not None]
    codes = []
    if any(each.lettered or each.metres is None for each in lengths):
        codes.append(f"{kind}_NON_NUMERIC")
    if not all(each.metric for each in lengths):
        codes.append(f"{kind}_NOT_METRIC")
    if len(metres) == 2 and metres[0] > metres[1]:
        codes.append(f"{kind}_MIN_MAX_SWAPPED")
    if metres and not limits[0] <= sum(metres) / len(metres) <= limits[1]:
        codes.append(f"{kind}_UNLIKELY")
    return tuple(codes)
