"""What changed since an archive that was made before, with --compare."""

from __future__ import annotations

from exporter_dwca.differences import What
from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import OURS

_IDS = (
    f"{OURS}; who cites an occurrence does so by its identifier, and GBIF takes one with another identifier for another one"
)
_ROWS = f"{OURS}; such rows have no identifier that is cited"
_FAIL = " An error with --fail-on {}."

# of events and occurrences, which have identifiers that people cite
IDS: dict[What, Flag] = {
    "added": Flag(
        "ID_ADDED",
        "info",
        "{words} added since {old}",
        "The identifier (eventID, occurrenceID) is not in the previous archive." + _FAIL.format("added"),
        _IDS,
    ),
    "gone": Flag(
        "ID_GONE",
        "info",
        "{words} gone since {old}",
        "The identifier is in the previous archive alone." + _FAIL.format("gone"),
        _IDS,
    ),
    "changed": Flag(
        "ID_CHANGED",
        "info",
        "{words} changed: {columns}",
        "The identifier has other cells in the columns that both archives have, but for the eventID of an occurrence."
        + _FAIL.format("changed"),
        _IDS,
    ),
    "moved": Flag(
        "ID_MOVED",
        "info",
        "{words} moved to another event",
        "The occurrenceID has another eventID, in its row or, with an event core, as the row that it hangs on."
        + _FAIL.format("moved"),
        _IDS,
    ),
    "repeated": Flag(
        "ID_REPEATED",
        "warning",
        "What became of {words} cannot be told: both archives have the {id}, one of them more than once",
        "The identifier is in both archives, in one of them more than once, and not with the same rows.",
        _IDS,
    ),
}
# of media, measurements and whatever else hangs on them
ROWS: dict[What, Flag] = {
    "added": Flag(
        "ROW_ADDED",
        "info",
        "{words} added since {old}",
        "A row that the previous archive lacks. Media are the same by identifier and what they belong to, measurements by "
        "measurementID, identifications by identificationID, others by all their cells.",
        _ROWS,
    ),
    "gone": Flag("ROW_GONE", "info", "{words} gone since {old}", "A row that the previous archive alone has.", _ROWS),
    "changed": Flag("ROW_CHANGED", "info", "{words} changed: {columns}", "The same row has other cells.", _ROWS),
}
NAMELESS = Flag(
    "ID_NOT_COMPARED",
    "warning",
    "{many} without {id} are not compared: {each}",
    "eventID or occurrenceID is empty in some rows of either archive.",
    OURS,
)
COLUMNS = Flag(
    "COLUMNS_DIFFER",
    "info",
    "{many} are compared by the columns that both archives have; {only}",
    "One archive maps a term that the other lacks, for rows that both have.",
    OURS,
)
NOTHING = Flag(
    "NOTHING_CHANGED", "info", "{what} changed since {old}: {counts}", "No row was added, is gone, or is another one.", OURS
)
REPLACED = Flag(
    "PREVIOUS_REPLACED",
    "info",
    "The archive takes the place of {old}, which it is compared with",
    "The output of a run is the file that --compare names, and --force is given.",
    OURS,
)
IMPOSSIBLE = Flag(
    "NOT_COMPARED",
    "error",
    "{why}; it cannot be compared with {old}",
    "The archive that is checked cannot be read, or has no occurrences with identifiers.",
    OURS,
)
FLAGS = (*IDS.values(), *ROWS.values(), NAMELESS, COLUMNS, NOTHING, REPLACED, IMPOSSIBLE)
