"""The records of biodiversity data: Darwin Core classes, with the few fields beside the terms that filters and reports need.

Terms: Darwin Core (dwc), Dublin Core (dc, dcterms), the OBIS eMoF extension (obis). Fields without a term never reach an archive as
columns; they feed filters, derived values, regions of interest and the measurements. Surveys and their targets are in `surveys.py`.
"""

from __future__ import annotations

import datetime as dt

import attrs

from exporter.records.schema import Record, column

DECIMAL_DEGREES = 6  # GBIF flags coordinates with more as COORDINATE_ROUNDED


@attrs.define
class Taxon(Record):
    """A taxon of the host's own backbone, with its parent."""

    taxon_id: str | None = column("Identifier of the taxon", term="dwc:taxonID")
    parent_taxon_id: str | None = column("Identifier of the taxon above", term="dwc:parentNameUsageID")
    scientific_name: str | None = column("Full scientific name", term="dwc:scientificName")
    taxon_rank: str | None = column("Rank, in lower case", term="dwc:taxonRank")
    vernacular_name: str | None = column("Common name", term="dwc:vernacularName")
    kingdom: str | None = column("Kingdom above", term="dwc:kingdom")
    phylum: str | None = column("Phylum above", term="dwc:phylum")
    class_: str | None = column("Class above", term="dwc:class")
    order: str | None = column("Order above", term="dwc:order")
    family: str | None = column("Family above", term="dwc:family")
    genus: str | None = column("Genus above", term="dwc:genus")


@attrs.define
class Event(Record):
    """A sampling event: a deployment, a night, a visit."""

    event_id: str | None = column("Identifier of the event", term="dwc:eventID")
    parent_event_id: str | None = column("Identifier of the event that this one is part of", term="dwc:parentEventID")
    event_type: str | None = column("What kind of event: Deployment, Sampling night, ...", term="dwc:eventType")
    event_start: dt.datetime | None = column("When it began; event date, time, year, month and day follow from it")
    event_end: dt.datetime | None = column("When it ended")
    event_date: str | None = column("Date or interval, ISO 8601", term="dwc:eventDate")
    event_time: str | None = column("Time or interval with zone, ISO 8601", term="dwc:eventTime")
    year: int | None = column("Year, when it is one", term="dwc:year")
    month: int | None = column("Month, when it is one", term="dwc:month")
    day: int | None = column("Day of the month, when it is one", term="dwc:day")
    sampling_protocol: str | None = column("Method, by name or reference", term="dwc:samplingProtocol")
    sample_size_value: float | None = column("Size of the sample", term="dwc:sampleSizeValue")
    sample_size_unit: str | None = column("Unit of the sample size", term="dwc:sampleSizeUnit")
    sampling_effort: str | None = column("Effort, in words: 10.5 hours", term="dwc:samplingEffort")
    location_id: str | None = column("Identifier of the place", term="dwc:locationID")
    locality: str | None = column("Name of the place", term="dwc:locality")
    country_code: str | None = column("ISO 3166-1 alpha-2 code", term="dwc:countryCode")
    decimal_latitude: float | None = column("Latitude in degrees", term="dwc:decimalLatitude", decimals=DECIMAL_DEGREES)
    decimal_longitude: float | None = column("Longitude in degrees", term="dwc:decimalLongitude", decimals=DECIMAL_DEGREES)
    geodetic_datum: str | None = column("Datum of the coordinates: EPSG:4326", term="dwc:geodeticDatum")
    coordinate_uncertainty_in_meters: float | None = column(
        "Radius that holds the place, metres", term="dwc:coordinateUncertaintyInMeters"
    )
    dataset_name: str | None = column("Title of the data set", term="dwc:datasetName")
    license: str | None = column("Licence of the record", term="dcterms:license")
    rights_holder: str | None = column("Who holds the rights", term="dcterms:rightsHolder")
    modified: dt.datetime | None = column("When the row last changed", term="dcterms:modified")


@attrs.define
class Occurrence(Record):
    """An organism at a place and a time."""

    occurrence_id: str | None = column("Identifier of the occurrence", term="dwc:occurrenceID")
    event_id: str | None = column("Event it was found in", term="dwc:eventID")
    basis_of_record: str | None = column("MachineObservation, HumanObservation, ...", term="dwc:basisOfRecord")
    occurrence_status: str | None = column("present or absent", term="dwc:occurrenceStatus")
    taxon_id: str | None = column("Taxon it was determined as", term="dwc:taxonID")
    scientific_name: str | None = column("Full scientific name", term="dwc:scientificName")
    taxon_rank: str | None = column("Rank of the name, in lower case", term="dwc:taxonRank")
    kingdom: str | None = column("Kingdom", term="dwc:kingdom")
    phylum: str | None = column("Phylum", term="dwc:phylum")
    class_: str | None = column("Class", term="dwc:class")
    order: str | None = column("Order", term="dwc:order")
    family: str | None = column("Family", term="dwc:family")
    genus: str | None = column("Genus", term="dwc:genus")
    specific_epithet: str | None = column("Second word of a binomial", term="dwc:specificEpithet")
    vernacular_name: str | None = column("Common name", term="dwc:vernacularName")
    individual_count: int | None = column("How many individuals", term="dwc:individualCount")
    sex: str | None = column("Sex", term="dwc:sex")
    life_stage: str | None = column("Life stage", term="dwc:lifeStage")
    behavior: str | None = column("Behaviour", term="dwc:behavior")
    recorded_by: str | None = column("Who recorded it, a name", term="dwc:recordedBy")
    identified_by: str | None = column("Who determined it: a name, or a model with its version", term="dwc:identifiedBy")
    date_identified: dt.datetime | None = column("When it was determined", term="dwc:dateIdentified")
    identification_verification_status: str | None = column(
        "How far the determination was verified", term="dwc:identificationVerificationStatus"
    )
    associated_media: str | None = column("Addresses of media, separated by |", term="dwc:associatedMedia")
    modified: dt.datetime | None = column("When the row last changed", term="dcterms:modified")
    occurrence_start: dt.datetime | None = column("First appearance")
    occurrence_end: dt.datetime | None = column("Last appearance")
    score: float | None = column("Confidence of the determination, 0 to 1")
    verified: bool | None = column("Whether a person verified the determination")
    withdrawn: bool | None = column("Whether the occurrence was withdrawn; such rows are left out and counted")


@attrs.define
class Identification(Record):
    """One determination of an occurrence, by a person or a model."""

    identification_id: str | None = column("Identifier of the determination", term="dwc:identificationID")
    occurrence_id: str | None = column("Occurrence it is about", term="dwc:occurrenceID")
    taxon_id: str | None = column("Taxon", term="dwc:taxonID")
    scientific_name: str | None = column("Full scientific name", term="dwc:scientificName")
    taxon_rank: str | None = column("Rank of the name, in lower case", term="dwc:taxonRank")
    identified_by: str | None = column("A name, or a model with its version", term="dwc:identifiedBy")
    date_identified: dt.datetime | None = column("When", term="dwc:dateIdentified")
    identification_verification_status: str | None = column(
        "How far it was verified", term="dwc:identificationVerificationStatus"
    )
    identification_remarks: str | None = column("Remarks", term="dwc:identificationRemarks")
    machine: bool | None = column("Whether a model made it")
    score: float | None = column("Confidence, 0 to 1")
    withdrawn: bool | None = column("Whether it was withdrawn")


@attrs.define
class Media(Record):
    """A picture, sound or film: a capture of the event, or a crop that shows one occurrence."""

    media_id: str | None = column("The host's identifier of the medium")
    event_id: str | None = column("Event it was made in", term="dwc:eventID")
    occurrence_id: str | None = column("Occurrence it shows; empty for a whole capture", term="dwc:occurrenceID")
    type: str | None = column("StillImage, Sound or MovingImage", term="dcterms:type")
    format: str | None = column("Media type: image/jpeg", term="dcterms:format")
    identifier: str | None = column("Address of the file", term="dcterms:identifier")
    references: str | None = column("Address of a page about it", term="dcterms:references")
    title: str | None = column("Title", term="dcterms:title")
    description: str | None = column("Description", term="dcterms:description")
    created: dt.datetime | None = column("When it was made", term="dcterms:created")
    creator: str | None = column("Who made it, a name", term="dcterms:creator")
    license: str | None = column("Licence of the medium", term="dcterms:license")
    rights_holder: str | None = column("Who holds the rights", term="dcterms:rightsHolder")
    source_identifier: str | None = column("Address of the capture that a crop was cut from")
    width: int | None = column("Width of the capture in pixels")
    height: int | None = column("Height of the capture in pixels")
    bbox_x: float | None = column("Left edge of the box in the capture, pixels")
    bbox_y: float | None = column("Top edge of the box in the capture, pixels")
    bbox_width: float | None = column("Width of the box, pixels")
    bbox_height: float | None = column("Height of the box, pixels")
    score: float | None = column("Confidence of the detection, 0 to 1")


@attrs.define
class Measurement(Record):
    """A measurement or fact about an event or an occurrence."""

    measurement_id: str | None = column("Identifier of the measurement", term="dwc:measurementID")
    event_id: str | None = column("Event it belongs to", term="dwc:eventID")
    occurrence_id: str | None = column("Occurrence it is about; empty for the event itself", term="dwc:occurrenceID")
    measurement_type: str | None = column("What was measured", term="dwc:measurementType")
    measurement_value: str | None = column("The value", term="dwc:measurementValue")
    measurement_unit: str | None = column("Its unit", term="dwc:measurementUnit")
    measurement_determined_by: str | None = column("Who or what measured", term="dwc:measurementDeterminedBy")
    measurement_determined_date: dt.datetime | None = column("When", term="dwc:measurementDeterminedDate")
    measurement_method: str | None = column("How", term="dwc:measurementMethod")
    measurement_remarks: str | None = column("Remarks", term="dwc:measurementRemarks")


@attrs.define
class Relationship(Record):
    """What an event or an occurrence is to another resource: eaten by, on the same host plant, the same individual."""

    resource_relationship_id: str | None = column("Identifier of the relationship", term="dwc:resourceRelationshipID")
    event_id: str | None = column("Event that it is about", term="dwc:eventID")
    occurrence_id: str | None = column("Occurrence that it is about; empty for the event itself", term="dwc:occurrenceID")
    resource_id: str | None = column(
        "The subject; where there is none, the occurrence or else the event", term="dwc:resourceID"
    )
    related_resource_id: str | None = column("The object: in this data set, or resolvable", term="dwc:relatedResourceID")
    relationship_of_resource: str | None = column(
        "What the subject is to the object: eaten by, host of, same as", term="dwc:relationshipOfResource"
    )
    relationship_of_resource_id: str | None = column(
        "The same as an identifier: http://purl.obolibrary.org/obo/RO_0002456", term="dwc:relationshipOfResourceID"
    )
    relationship_according_to: str | None = column("Who says so, a name", term="dwc:relationshipAccordingTo")
    relationship_established_date: dt.datetime | None = column("Since when", term="dwc:relationshipEstablishedDate")
    relationship_remarks: str | None = column("Remarks", term="dwc:relationshipRemarks")
