"""What a run says beside GBIF's flags: what it leaves out, hides, generalises or makes."""

from __future__ import annotations

from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import OURS

_REFERENCES = tuple(
    flag
    for name in ("event", "occurrence")
    for flag in (
        Flag(
            f"{name.upper()}_NOT_GIVEN",
            "warning",
            f"Rows that name no {name}, and need one; they are left out",
            f"The record has to belong to an {name}, and its reference is empty; of media and measurements, which may hang on "
            "either, info.",
            f"{OURS}; an archive has no place for them",
        ),
        Flag(
            f"{name.upper()}_MISSING",
            "warning",
            f"Rows whose {name} is not there; they are left out",
            f"The {name} that the row names is none of the source's.",
            f"{OURS}; GBIF does not look",
        ),
        Flag(
            f"{name.upper()}_LEFT_OUT",
            "info",
            f"Rows whose {name} was left out; they are left out with it",
            f"A rule leaves out the {name} that the row names, and says so.",
            OURS,
        ),
    )
)

FLAGS = (
    Flag(
        "ID_MISSING",
        "warning",
        "Events or occurrences without identifier; they are left out",
        "The identifier is empty.",
        f"{OURS}; nothing could refer to them",
    ),
    Flag(
        "ID_DUPLICATE",
        "error",
        "Rows that share their identifier with another",
        "Two rows to be written have the same identifier.",
        f"{OURS}; GBIF takes them for one",
    ),
    Flag(
        "PARENT_MISSING",
        "warning",
        "Events whose parent is not there; they are written",
        "The event that parentEventID names is none of those that are written.",
        f"{OURS}; GBIF does not look",
    ),
    *_REFERENCES,
    Flag(
        "OCCURRENCE_WITHDRAWN",
        "info",
        "Occurrences that were withdrawn; they are left out",
        "The source says that the occurrence was withdrawn.",
        OURS,
    ),
    Flag(
        "DETERMINATION_MISSING",
        "warning",
        "Occurrences without determination; they are left out",
        "The occurrence has neither a scientific name nor a taxon.",
        f"{OURS}; GBIF requires scientificName",
    ),
    Flag(
        "TAXON_MISSING",
        "warning",
        "Occurrences whose taxon is not there; they are left out",
        "The occurrence names a taxon that the record of taxa lacks, and has no name of its own.",
        f"{OURS}; GBIF requires scientificName",
    ),
    Flag(
        "EMAIL_HIDDEN",
        "warning",
        "E-mail addresses where a name belongs; the cell is left empty",
        "A name of a person holds what looks like an address. --include-emails writes it.",
        f"{OURS}; archives are public",
    ),
    Flag(
        "IDENTIFICATION_WITHDRAWN",
        "info",
        "Determinations that were withdrawn; they are left out",
        "The source says that the determination was withdrawn.",
        OURS,
    ),
    Flag(
        "EXTENSION_EMPTY",
        "warning",
        "Files that were asked for and have no rows",
        "The source has no record for the extension.",
        OURS,
    ),
    Flag(
        "REGION_INCOMPLETE",
        "warning",
        "Boxes that lack a side; no region is written",
        "One of the four sides of a box is given, another is not.",
        f"{OURS}; Audiovisual Core needs all four",
    ),
    Flag(
        "REGION_SIZE_UNKNOWN",
        "warning",
        "Boxes in a capture of unknown size; no region is written",
        "Width or height of the capture is not known, so that a box in pixels is no fraction of it.",
        f"{OURS}; Audiovisual Core has fractions only",
    ),
    Flag(
        "REGION_EMPTY",
        "warning",
        "Boxes outside their capture; no region is written",
        "No part of the box lies inside the capture.",
        f"{OURS}; Audiovisual Core has no region outside its medium",
    ),
    Flag(
        "REGION_CLIPPED",
        "warning",
        "Boxes that reach outside their capture; the region is the part inside",
        "Part of the box lies outside the capture.",
        f"{OURS}; Audiovisual Core has no region outside its medium",
    ),
    Flag(
        "TARGET_WITHOUT_NAME",
        "warning",
        "Targets that name no taxon; no absence follows from them",
        "The target has neither a name nor a taxon with a name.",
        OURS,
    ),
    Flag("ABSENCES_WRITTEN", "info", "Absences that are written", "A target was not found in its event.", OURS),
    Flag("TARGETS_FOUND", "info", "Targets that were found", "An occurrence of the target is written in its event.", OURS),
    Flag(
        "ABSENCES_NOT_CLAIMED",
        "info",
        "Targets whose find is not written; no absence is claimed",
        "A filter or a rule leaves out the occurrence that was found.",
        OURS,
    ),
    Flag(
        "COORDINATES_GENERALIZED",
        "info",
        "Places of sensitive taxa whose coordinates are rounded",
        "The row is of a listed taxon, or would tell where one was found; the list gives decimals.",
        f"{OURS}, after Chapman 2020, Current Best Practices for Generalizing Sensitive Species Occurrence Data",
    ),
    Flag(
        "PLACE_WITHHELD",
        "info",
        "Places of sensitive taxa that are withheld",
        "The row is of a listed taxon, or would tell where one was found; the list says withhold.",
        f"{OURS}, after Chapman 2020",
    ),
    Flag(
        "MEDIA_WITHHELD",
        "info",
        "Media that may show the place of a sensitive taxon; they are left out",
        "The medium was made in an event, or shows an occurrence, whose place is not shown.",
        f"{OURS}, after Chapman 2020",
    ),
    Flag(
        "MEASUREMENT_WITHHELD",
        "info",
        "Measurements that tell the place of a sensitive taxon; they are left out",
        "The type is a place, or a text holds the coordinates or the locality.",
        f"{OURS}, after Chapman 2020",
    ),
    Flag(
        "PLACE_IN_IDENTIFIER",
        "error",
        "Identifiers that hold the place of a sensitive taxon",
        "An identifier of a row that is generalised holds the coordinates or the locality.",
        f"{OURS}; identifiers cannot be generalised",
    ),
    Flag(
        "PLACE_IN_REMARKS",
        "info",
        "Texts elsewhere that hold the coordinates of a sensitive taxon; they are left empty",
        "A text of a row that is not generalised holds coordinates, with 4 decimals or more, of one that is.",
        OURS,
    ),
    Flag(
        "PLACE_NAMED_IN_REMARKS",
        "warning",
        "Remarks elsewhere that name the place of a sensitive taxon",
        "A remark, note or caption of a row that is not generalised holds the locality or locationID of one that is.",
        f"{OURS}; a name may be a word like any other, so nothing is left out",
    ),
    Flag(
        "PLACE_IN_METADATA",
        "warning",
        "Texts about the data set that hold the place of a sensitive taxon",
        "The description that becomes eml.xml holds the coordinates or the locality.",
        OURS,
    ),
    Flag(
        "SENSITIVE_TAXON_UNKNOWN",
        "warning",
        "Taxa of the list that are nowhere in the data",
        "No row is of a taxon of the list of --generalize, which may be misspelt.",
        OURS,
    ),
)
