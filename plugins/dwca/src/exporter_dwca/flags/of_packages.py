"""What can be wrong with a Darwin Core Data Package beside what can be wrong with any archive."""

from __future__ import annotations

from exporter_dwca.flags import Flag

_GUIDE = "Darwin Core Data Package guide (https://dwc.tdwg.org/dp/)"
_TABLE = "Table Schema (https://specs.frictionlessdata.io/table-schema/)"

FLAGS: tuple[Flag, ...] = (
    Flag(
        "DATAPACKAGE_NOT_FOUND",
        "error",
        "There is no datapackage.json",
        "No datapackage.json at the top of the package.",
        f"{_GUIDE}, 3",
    ),
    Flag(
        "DATAPACKAGE_INVALID",
        "error",
        "datapackage.json is not valid",
        "It is no JSON object, names no profile of dwc-dp or no resource; a resource has no name, path or schema, or a name "
        "that another has; a table has another profile than tabular-data-resource; a field lacks name, title, description, "
        "type or dcterms:isVersionOf; a key names a field or a resource that is not there.",
        f"{_GUIDE}, 3.1 to 3.4",
    ),
    Flag(
        "RESOURCE_NOT_FOUND",
        "error",
        "A file that datapackage.json names is not there",
        "The path of a resource is no file of the package.",
        f"{_GUIDE}, 3.2",
    ),
    Flag(
        "RESOURCE_CHANGED",
        "error",
        "A file is not the one that datapackage.json tells of",
        "A resource has another size or SHA-256 than its bytes and hash say.",
        "Data Resource (https://specs.frictionlessdata.io/data-resource/)",
    ),
    Flag(
        "HEADER_DIFFERS",
        "error",
        "The first line has other columns than the schema",
        "The names in the header are not those of the fields, in their order.",
        f"{_GUIDE}, 3.3",
    ),
    Flag(
        "REQUIRED_VALUE_MISSING",
        "error",
        "Rows that lack a required value",
        "A cell of a required field or of the primary key is empty.",
        f"{_TABLE}: constraints, primaryKey",
    ),
    Flag(
        "VALUE_NOT_AS_DECLARED",
        "warning",
        "Cells that are not of the type of their field, or out of its bounds",
        "A cell of a field of type integer, number or boolean is none, or is below the minimum or above the maximum.",
        f"{_TABLE}: types, constraints",
    ),
    Flag(
        "PRIMARY_KEY_DUPLICATE",
        "error",
        "Rows that share their primary key",
        "Two rows of a resource have the same primary key, letter by letter.",
        f"{_TABLE}: primaryKey",
    ),
    Flag(
        "FOREIGN_KEY_ORPHAN",
        "error",
        "Rows that refer to a row that is not in the package",
        "No row of the resource that a foreign key names has the value; an empty cell refers to nothing.",
        f"{_TABLE}: foreignKeys",
    ),
    Flag(
        "TERM_WITHOUT_PLACE",
        "info",
        "Terms that a package has no field for",
        "The source gives a term that no table of the package has a field for.",
        "ours: what is left out is told",
    ),
)
