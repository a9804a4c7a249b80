"""What can be wrong with an archive as such: its container, its two documents, its files, its identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exporter.report import Finding
from exporter_dwca.flags import Flag
from exporter_dwca.flags.of_packages import FLAGS as OF_PACKAGES

_INGESTION = "GBIF's ingestion (gbif/pipelines, validator-core: DwcaValidator)"
_VALIDATOR = "GBIF's validator (gbif/gbif-data-validator: DwcaResourceStructureEvaluator)"
_READER = "GBIF's reader (gbif/dwca-io)"
_METADATA = "GBIF's ingestion (gbif/pipelines, validator-core: BasicMetadataEvaluator)"
_EML = "GBIF's ingestion (gbif/pipelines, validator-eml: SchemaValidatorFactory, MetadataPath)"
_OURS = "ours: "

FLAGS: tuple[Flag, ...] = (
    # the container
    Flag(
        "DWCA_UNREADABLE",
        "error",
        "The archive cannot be read",
        "The archive is no zip, tar, tar.gz or folder, is cut off, encrypted, packed by another method than deflate, "
        "has files that share "
        "bytes or have another size or CRC-32 than its directory says; meta.xml names a file that is not there, an "
        "encoding that "
        "nobody knows, or a delimiter or quote of several characters; a row does not end.",
        f"{_READER}; that files share no bytes, and that rows end, is ours: zip bombs are made so",
    ),
    Flag(
        "DWCA_FILE_CHANGED",
        "error",
        "A file is not what was written",
        "At the end of a run: a file is missing, there twice, or has another size or CRC-32 than its receipt.",
        _OURS + "what a run publishes is what it has written",
    ),
    Flag(
        "ARCHIVE_ENTRY_UNSAFE",
        "error",
        "Files whose names lead out of the archive, or links; they were left alone",
        "A name is absolute, has a drive or a part `..`, or the entry is a link (in a folder: one that leads out of "
        "it) or a device.",
        _OURS + "a reader that unpacks it may write anywhere, or read what is not the publisher's",
    ),
    Flag(
        "ARCHIVE_ENTRY_DUPLICATE",
        "error",
        "Names that several files of the archive have",
        "Two entries of the archive have one name.",
        _OURS + "readers differ in which of them they take",
    ),
    # meta.xml
    Flag(
        "DWCA_META_XML_NOT_FOUND",
        "error",
        "There is no meta.xml",
        "No meta.xml at the top of the archive, nor in the one folder in which everything lies. (GBIF's reader would "
        "guess the columns of "
        "a single data file from its header; its validator refuses the archive.).",
        _VALIDATOR,
    ),
    Flag(
        "DWCA_META_XML_SCHEMA",
        "error",
        "meta.xml is not valid",
        "meta.xml is not well-formed, has a DOCTYPE, or breaks the schema of the Darwin Core text guide.",
        f"{_VALIDATOR}; Darwin Core text guide (http://rs.tdwg.org/dwc/text/tdwg_dwc_text.xsd); that a DOCTYPE is refused is ours",
    ),
    Flag(
        "META_XML_DOUBTFUL",
        "warning",
        "meta.xml says what no reader takes as it is meant",
        "A field has neither index nor default; lines end in anything but LF, CR LF or CR; the name of the document "
        "about the data set is "
        'not written metadata="..." on one line; fieldsTerminatedBy is blank, as a real tab in an attribute becomes.',
        f"ours; {_READER} and MetadataPath pass over it or take something else",
    ),
    Flag(
        "CORE_ROWTYPE_UNDETERMINED",
        "error",
        "The row type of the core is none of Occurrence, Event and Taxon",
        "The core has no row type, or one that is no kind of data set.",
        "GBIF's ingestion (gbif/pipelines: DwcaArchiveValidator.getDatasetType); GBIF's validator (PrerequisiteEvaluator)",
    ),
    Flag(
        "UNKNOWN_ROWTYPE",
        "warning",
        "A row type that GBIF does not know",
        "The row type of an extension is not registered at rs.gbif.org.",
        _VALIDATOR,
    ),
    Flag(
        "UNKNOWN_TERM",
        "warning",
        "Terms that do not belong to the row type",
        "A term is not among those of its registered row type (Event, Occurrence, Multimedia, Audiovisual, extended "
        "MeasurementOrFact, "
        "Humboldt; the terms of other row types are not looked at). An occurrenceID belongs everywhere, since GBIF "
        "hangs rows on it.",
        _VALIDATOR,
    ),
    Flag(
        "DUPLICATED_TERM",
        "error",
        "Terms that are mapped twice",
        "A term is mapped twice in a file of a registered row type.",
        _VALIDATOR,
    ),
    Flag(
        "REQUIRED_TERM_MISSING",
        "warning",
        "Terms that the row type requires",
        "basisOfRecord of occurrences, identifier of audiovisual media; or occurrences that have neither occurrenceID "
        "nor the triplet of "
        "institutionCode, collectionCode and catalogNumber.",
        _VALIDATOR,
    ),
    Flag(
        "COLUMN_MAPPED_TWICE",
        "warning",
        "Columns that two fields name",
        "Two fields of one file have the same index; the id may share its column with one of them.",
        _OURS + "one of the two is a slip of the pen",
    ),
    Flag(
        "RECORD_IDENTIFIER_NOT_FOUND",
        "error",
        "There is no identifier by which rows hang together",
        "The core has extensions and no <id> with an index, or an extension no <coreid> with one (GBIF's reader then "
        "leaves it out).",
        f"GBIF's validator (PrerequisiteEvaluator); {_READER}",
    ),
    # the document about the data set
    Flag(
        "EML_NOT_FOUND",
        "error",
        "There is no document about the data set",
        'There is no file of the name that stands in metadata="..." on one line of meta.xml; where there is no such '
        "line, neither "
        "eml.xml nor metadata.xml.",
        _EML,
    ),
    Flag(
        "EML_GBIF_SCHEMA",
        "error",
        "The document about the data set is not valid",
        "It is not well-formed UTF-8 without byte order mark; its root is not the first node; the root lacks an "
        "attribute xsi:schemaLocation "
        "of two words with one blank between; or, where that names GBIF's profile 1.3, it breaks the profile.",
        f"{_EML}; GBIF metadata profile 1.3",
    ),
    Flag(
        "EML_SCHEMA_NOT_CHECKED",
        "info",
        "The document about the data set follows another schema than GBIF's profile 1.3",
        "Its xsi:schemaLocation names another schema: an older profile or plain EML. GBIF takes it; its structure was "
        "not looked at here.",
        _OURS + "an older profile is no mistake",
    ),
    Flag(
        "TITLE_MISSING_OR_TOO_SHORT",
        "warning",
        "The title has fewer than 10 characters",
        "The last title of the data set has fewer than 10 characters.",
        _METADATA,
    ),
    Flag(
        "DESCRIPTION_MISSING_OR_TOO_SHORT",
        "warning",
        "The abstract has fewer than 25 characters",
        "The paragraphs (para) of the abstract have fewer than 25 characters together.",
        _METADATA,
    ),
    Flag(
        "LICENSE_MISSING_OR_UNKNOWN",
        "error",
        "No licence that GBIF accepts: CC0-1.0, CC-BY-4.0 or CC-BY-NC-4.0",
        "No ulink in a para of intellectualRights has the address, or a citetitle with the name, of one of the three. "
        "(GBIF does not read "
        "the element licensed.).",
        f"{_METADATA}; gbif/gbif-metadata-profile: EMLRuleSet",
    ),
    Flag(
        "RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE",
        "warning",
        "No creator has a surname",
        "No creator of the data set has a surName: GBIF cannot cite anybody.",
        f"{_METADATA}; gbif/gbif-api: CitationGenerator.getAuthors",
    ),
    # data files
    Flag(
        "DATA_FILE_EMPTY",
        "warning",
        "The file is empty, without even a header",
        "meta.xml says that the file has header lines, and it has no bytes.",
        _OURS + "something went wrong where it was written",
    ),
    Flag(
        "ENCODING_MISMATCH",
        "error",
        "The file begins with the byte order mark of another encoding than meta.xml names",
        "A byte order mark of UTF-8 or UTF-16 that is not that of the encoding in meta.xml: GBIF reads by meta.xml.",
        _OURS + "the words come out wrong",
    ),
    Flag(
        "BYTE_ORDER_MARK",
        "info",
        "The file begins with a byte order mark",
        "A byte order mark of UTF-8 before the first row; without header lines it becomes part of the first cell "
        "(then a warning).",
        f"ours; {_READER} does not take it away",
    ),
    Flag(
        "COLUMN_MISMATCH",
        "error",
        "Rows with fewer columns than meta.xml maps",
        "A row has fewer cells than the highest index of meta.xml asks for.",
        "GBIF's validator (RecordStructureEvaluator), which also counts rows with more: these are COLUMN_SURPLUS here",
    ),
    Flag(
        "COLUMN_SURPLUS",
        "warning",
        "Rows with more columns than meta.xml maps and the first line has",
        "A row has more cells than meta.xml maps and more than the first line, be it a header or not.",
        _OURS + "most often a delimiter stands in a value, and the cells after it are shifted",
    ),
    Flag(
        "TEXT_NOT_UTF8",
        "warning",
        "Rows with bytes that are no UTF-8",
        "meta.xml says UTF-8, and the bytes of a row are none.",
        _OURS + "letters are lost",
    ),
    Flag(
        "TEXT_WITH_NUL",
        "warning",
        "Rows with NUL characters",
        "A row holds U+0000.",
        _OURS + "databases refuse it, and it is never meant",
    ),
    # identifiers
    Flag(
        "RECORD_REFERENTIAL_INTEGRITY_VIOLATION",
        "error",
        "Rows without an identifier of the core",
        "The eventID of an Event core, the taxonID of a Taxon core (where it is not mapped, the id), the id of a core "
        "with extensions or "
        "the coreid of an extension is empty, blank, `null` or `\\N`.",
        f"{_INGESTION}; for extensions and other cores GBIF's validator (ReferentialIntegrityEvaluator)",
    ),
    Flag(
        "RECORD_NOT_UNIQUELY_IDENTIFIED",
        "error",
        "Rows of the core that share their identifier",
        "Two rows have the same eventID in an Event core or taxonID in a Taxon core; where it is not mapped, the same id.",
        _INGESTION,
    ),
    Flag(
        "CORE_ID_DUPLICATE",
        "error",
        "Rows of the core that share their id",
        "Two rows of the core have the same id, where that is not what RECORD_NOT_UNIQUELY_IDENTIFIED or "
        "OCCURRENCE_ID_DUPLICATE compare.",
        _OURS + "rows of extensions that name it hang on either; the Darwin Core text guide asks for a unique id",
    ),
    Flag(
        "OCCURRENCE_NOT_UNIQUELY_IDENTIFIED",
        "error",
        "Occurrences are identified neither by occurrenceIDs nor by triplets",
        "Not every occurrence, in the core or in an extension of an Event or Taxon core, has an occurrenceID of its "
        "own; and more than 25 % "
        "lack one of institutionCode, collectionCode and catalogNumber, or two share all three. Rows that hang on no "
        "core row are not "
        "counted; a code that an occurrence lacks is taken from its core row. (GBIF looks at the first 2,000,000, we "
        "at all.).",
        f"{_INGESTION}; gbif/gbif-api: OccurrenceValidationReport",
    ),
    Flag(
        "OCCURRENCE_ID_DUPLICATE",
        "error",
        "Occurrences that share their occurrenceID",
        "Two rows have the same occurrenceID, also where GBIF identifies them by the triplet.",
        _OURS + "whoever refers to it means either",
    ),
    Flag(
        "ID_DIFFERS_IN_CASE_ONLY",
        "error",
        "Rows whose identifier differs from another in upper and lower case only",
        "Identifiers of the core, or occurrenceIDs, are equal but for case.",
        _OURS + "the IPT, and many databases, hold them to be the same",
    ),
    Flag(
        "EXTENSION_ROW_ORPHAN",
        "error",
        "Rows whose core row is not in the archive",
        "No row of the core has the coreid of a row of an extension.",
        _OURS + "GBIF passes over such rows without a word",
    ),
    Flag(
        "OCCURRENCE_ID_ORPHAN",
        "error",
        "Rows whose occurrenceID no occurrence of the archive has",
        "A row of an extension other than Occurrence names an occurrenceID that no occurrence of the archive has.",
        _OURS + "GBIF hangs the row on its occurrence by it",
    ),
)
_BY_CODE = {flag.code: flag for flag in (*FLAGS, *OF_PACKAGES)}


def found(
    code: str, detail: str = "", *, count: int = 1, examples: Sequence[str] = (), part: str = "", **more: Any
) -> Finding:
    """A finding under a flag of archives or packages.

    :param detail: what is wrong here, after a colon.
    :param more: a `level` other than the flag's.
    """
    flag = _BY_CODE[code]
    message = f"{flag.message}: {detail.rstrip('.')}." if detail else f"{flag.message}."
    return Finding(more.get("level", flag.level), code, message, count, list(examples), part=part)
