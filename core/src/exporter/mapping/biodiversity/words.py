"""What tables and columns of biodiversity databases are called, beside the terms of Darwin Core themselves.

A name stands here only if it means one thing wherever it stands in a table of its record; most are from Camtrap DP, whose own table
schemas name the Darwin Core term of each field. What means this in one database and that in another is left blank: a wrong guess
costs more than none.
"""

from __future__ import annotations

from collections.abc import Mapping

from exporter.mapping import known

TABLES: Mapping[str, tuple[str, ...]] = {
    "taxon": ("taxon", "species", "taxonomy"),
    "occurrence": ("occurrence", "observation", "sighting", "specimen", "detection", "record"),
    "event": ("event", "samplingevent", "visit", "checklist", "survey", "night", "session", "sample", "deployment"),
    "media": (
        "media",
        "multimedia",
        "medium",
        "capture",
        "image",
        "sourceimage",
        "photo",
        "photograph",
        "picture",
        "mediafile",
    ),
    "measurement": ("measurement", "measurementorfact", "extendedmeasurementorfact", "emof", "fact"),
    "identification": ("identification", "determination"),
}
PLACES = ("site", "location", "place", "station", "locality", "plot", "deployment", "trap", "transect")
NAMED_PLACES = ("site", "location", "place", "station", "locality", "plot")
PEOPLE = ("user", "person", "observer", "recorder", "contributor", "determiner", "identifier", "member")
PUBLIC_IDS = (*known.PUBLIC_IDS, "gbifid")

FILES = ("filepath", "path", "url", "imageurl", "mediaurl", "fileurl", "publicurl")

# Folded column names that stand for a field of the record. What begins with ? needs values that prove it.
_PLACE = {
    "latitude": "?decimal_latitude",
    "lat": "?decimal_latitude",
    "gpslatitude": "?decimal_latitude",
    "longitude": "?decimal_longitude",
    "lng": "?decimal_longitude",
    "lon": "?decimal_longitude",
    "long": "?decimal_longitude",
    "gpslongitude": "?decimal_longitude",
    "coordinateuncertainty": "?coordinate_uncertainty_in_meters",
    "coordinateuncertaintym": "?coordinate_uncertainty_in_meters",
    "uncertaintym": "?coordinate_uncertainty_in_meters",
    "positionalaccuracy": "?coordinate_uncertainty_in_meters",
    "locationname": "locality",
    "sitename": "locality",
    "placename": "locality",
    "stationname": "locality",
}
_NAMES = {
    "species": "?scientific_name",
    "speciesname": "?scientific_name",
    "taxonname": "?scientific_name",
    "latinname": "?scientific_name",
    "latin": "?scientific_name",
    "latinspeciesname": "?scientific_name",
    "specieslatinname": "?scientific_name",
    "sciname": "?scientific_name",
    "binomial": "?scientific_name",
    "binomialname": "?scientific_name",
    "commonname": "vernacular_name",
    "epithet": "?specific_epithet",
    "speciesepithet": "?specific_epithet",
}
_CHANGED = {"updatedat": "?modified", "modifiedat": "?modified", "lastmodified": "?modified", "dateupdated": "?modified"}
_IDENTIFIED = {
    "classifiedby": "identified_by",
    "determinedby": "identified_by",
    "determiner": "identified_by",
    "classificationtimestamp": "?date_identified",
    "determinedat": "?date_identified",
    "identifiedat": "?date_identified",
    "identifiedon": "?date_identified",
    "determinationdate": "?date_identified",
    "identificationdate": "?date_identified",
    "classificationprobability": "?score",
    "confidence": "?score",
    "probability": "?score",
    "determinationscore": "?score",
    "classificationscore": "?score",
    "isverified": "?verified",
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "taxon": {**_NAMES, "name": "?scientific_name", "rank": "?taxon_rank"},
    "event": {
        **_PLACE,
        **_CHANGED,
        "deploymentstart": "?event_start",
        "start": "?event_start",
        "startat": "?event_start",
        "startedat": "?event_start",
        "starttime": "?event_start",
        "startdate": "?event_start",
        "startdatetime": "?event_start",
        "deploymentend": "?event_end",
        "end": "?event_end",
        "endat": "?event_end",
        "endedat": "?event_end",
        "endtime": "?event_end",
        "enddate": "?event_end",
        "enddatetime": "?event_end",
        "date": "?event_date",
        "visitdate": "?event_date",
        "surveydate": "?event_date",
        "deploymentcomments": "event_remarks",
        "samplingmethod": "sampling_protocol",
    },
    "occurrence": {
        **_PLACE,
        **_NAMES,
        **_CHANGED,
        **_IDENTIFIED,
        "count": "?individual_count",
        "individuals": "?individual_count",
        "numberofindividuals": "?individual_count",
        "numindividuals": "?individual_count",
        "observer": "?recorded_by",
        "observedby": "?recorded_by",
        "collector": "?recorded_by",
        "observedon": "?event_date",
        "observedat": "?event_date",
        "eventstart": "?occurrence_start",
        "firstseenat": "?occurrence_start",
        "firstappearance": "?occurrence_start",
        "eventend": "?occurrence_end",
        "lastseenat": "?occurrence_end",
        "lastappearance": "?occurrence_end",
        "individualid": "organism_id",
        "observationcomments": "occurrence_remarks",
        "name": "?scientific_name",
    },
    "identification": {**_NAMES, **_IDENTIFIED, "remarks": "identification_remarks"},
    "media": {
        **_CHANGED,
        "timestamp": "?created",
        "takenat": "?created",
        "capturedat": "?created",
        "datetaken": "?created",
        **dict.fromkeys(FILES, "?identifier"),
        "filemediatype": "?format",
        "mediatype": "?format",
        "mimetype": "?format",
        "contenttype": "?format",
        "photographer": "?creator",
        "caption": "description",
        "licence": "license",
        "detectionscore": "?score",
    },
    "measurement": {
        "type": "measurement_type",
        "value": "measurement_value",
        "unit": "measurement_unit",
        "units": "measurement_unit",
        "method": "measurement_method",
        "measuredat": "?measurement_determined_date",
        "remarks": "measurement_remarks",
    },
}
# What a joined table lends: folded column names, by what its rows are.
LENT_BY_PLACE: Mapping[str, str] = {
    **_PLACE,
    "name": "locality",
    "code": "location_id",
    **dict.fromkeys(PUBLIC_IDS, "location_id"),
}
LENT_BY_TAXON: Mapping[str, str] = {**_NAMES, "name": "?scientific_name", "rank": "?taxon_rank"}
PERSON_NAMES = ("name", "fullname", "displayname")
# Which field a reference to a person fills: what its column is named after.
ROLES: Mapping[str, tuple[str, ...]] = {
    "identified_by": ("identified", "identifier", "determined", "determiner", "classified", "classifier"),
    "recorded_by": ("recorded", "recorder", "observed", "observer", "collected", "collector"),
    "creator": ("creator", "photographer"),
}
PLACE_FIELDS = frozenset(
    {
        *("decimal_latitude", "decimal_longitude", "coordinate_uncertainty_in_meters", "geodetic_datum", "location_id"),
        *("locality", "country", "country_code", "state_province", "county", "municipality", "habitat", "water_body"),
        *(
            "minimum_elevation_in_meters",
            "maximum_elevation_in_meters",
            "minimum_depth_in_meters",
            "maximum_depth_in_meters",
        ),
    }
)
TAXON_FIELDS = frozenset(
    {
        *("scientific_name", "taxon_rank", "vernacular_name", "specific_epithet", "infraspecific_epithet"),
        *("kingdom", "phylum", "class_", "order", "family", "genus", "scientific_name_authorship"),
    }
)
PARTNERS = (("decimal_latitude", "decimal_longitude"), ("event_start", "event_end"), ("occurrence_start", "occurrence_end"))
GEOLOGICAL = ("group", "formation", "member", "bed")  # terms of rock, and everyday words for other things
