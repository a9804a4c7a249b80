"""Extensions and absences that are asked for where the data do not give them."""

from __future__ import annotations

from .failures_kit import Desk, Outcome, provokes

_SURVEYS = """
create table surveys (id integer primary key, night, effort real, unit, target, excluded);
insert into surveys values (1, 'n1', 8.0, null, 'Noctuidae', null), (2, 'n2', 2.0, 'hour', 'Noctuidae | Sphingidae', 'Sphingidae');
"""
_SURVEY = """
[sources.traps.records.survey]
table = "surveys"
[sources.traps.records.survey.columns]
event_id = "night"
sampling_effort_value = "effort"
sampling_effort_unit = "unit"
target_taxonomic_scope = "target"
excluded_taxonomic_scope = "excluded"
"""
_BOXES = {'identifier = "url"': 'identifier = "url"\nbbox_x = "x"\nbbox_y = "y"\nbbox_width = "w"\nbbox_height = "h"\n'
          'width = "100"\nheight = "size"'}  # fmt: skip
_SIDES = ("x", "y", "w", "h", "size")
_NAMES = """
create table names (id integer primary key, find, name, gone);
insert into names values (1, 'f1', 'Noctua', 0), (2, 'f1', 'Noctua comes', 1);
"""
_NAME = """
[sources.traps.records.identification]
table = "names"
[sources.traps.records.identification.columns]
identification_id = "id"
occurrence_id = "find"
scientific_name = "name"
withdrawn = "gone"
"""
_LINKS = (
    "create table links (id integer primary key, find, other); insert into links values (1, 'f1', null), (2, 'f2', 'f1')"
)
_LINK = """
[sources.traps.records.relationship]
table = "links"
[sources.traps.records.relationship.columns]
resource_relationship_id = "id"
occurrence_id = "find"
related_resource_id = "other"
"""
_TARGETS = "create table targets (id integer primary key, night, name);"
_TARGET = """
[sources.traps.records.target]
table = "targets"
[sources.traps.records.target.columns]
event_id = "night"
scientific_name = "name"
"""


@provokes("extension-unknown")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--extensions", "audubon")


@provokes("humboldt-of-occurrences")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--extensions", "humboldt", "--core", "occurrence")


@provokes("absences-without-targets")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.run("--absences")


@provokes("extension-empty")
def _(desk: Desk) -> Outcome:
    desk.traps()
    found = desk.run("--extensions", "humboldt")
    assert found.rows("humboldt.txt") == []
    return found


@provokes("unit-missing")
def _(desk: Desk) -> Outcome:
    desk.traps(_SURVEYS, more=_SURVEY)
    found = desk.run("--extensions", "humboldt")
    assert [r["samplingEffortValue"] for r in found.rows("humboldt.txt")] == ["8.0", "2.0"]
    return found


@provokes("target-excluded")
def _(desk: Desk) -> Outcome:
    desk.traps(_SURVEYS, more=_SURVEY)
    found = desk.run("--extensions", "humboldt")
    assert len(found.rows("humboldt.txt")) == 2
    return found


def _boxed(desk: Desk, *sides: float | None) -> Outcome:
    """The first picture with a box in a capture that is 100 pixels wide."""
    columns = "; ".join(f"alter table pictures add column {side} real" for side in _SIDES)
    desk.traps(columns, toml=_BOXES)
    for side, value in zip(_SIDES, sides, strict=True):
        desk.put(side, value, table="pictures")
    found = desk.run("--extensions", "audiovisual")
    assert len(found.rows("audiovisual.txt")) >= 3
    return found


@provokes("region-clipped")
def _(desk: Desk) -> Outcome:
    found = _boxed(desk, 90, 0, 20, 50, 100)
    region = found.rows("audiovisual.txt")[-1]
    assert (region["xFrac"], region["widthFrac"], region["heightFrac"]) == ("0.9", "0.1", "0.5")
    return found


@provokes("region-unsized")
def _(desk: Desk) -> Outcome:
    return _boxed(desk, 10, 10, 20, 20, None)


@provokes("region-empty")
def _(desk: Desk) -> Outcome:
    return _boxed(desk, 200, 10, 20, 20, 100)


@provokes("region-incomplete")
def _(desk: Desk) -> Outcome:
    return _boxed(desk, 10, 10, None, 20, 100)


@provokes("identification-withdrawn")
def _(desk: Desk) -> Outcome:
    desk.traps(_NAMES, more=_NAME)
    found = desk.run("--extensions", "identification")
    assert [r["scientificName"] for r in found.rows("identification.txt")] == ["Noctua"]
    return found


@provokes("related-missing")
def _(desk: Desk) -> Outcome:
    desk.traps(_LINKS, more=_LINK)
    found = desk.run("--extensions", "relationship")
    assert [r["relatedResourceID"] for r in found.rows("resourcerelationship.txt")] == ["", "f1"]
    return found


@provokes("target-nameless")
def _(desk: Desk) -> Outcome:
    desk.traps(_TARGETS, "insert into targets values (1, 'n1', null), (2, 'n1', 'Xylena')", more=_TARGET)
    found = desk.run("--absences")
    absent = [r for r in found.rows("occurrence.txt") if r["occurrenceStatus"] == "absent"]
    assert [(r["eventID"], r["scientificName"]) for r in absent] == [("n1", "Xylena")]
    return found


@provokes("absence-not-claimed")
def _(desk: Desk) -> Outcome:
    verified = {'identified_by = "person"': 'identified_by = "person"\nverified = "checked"'}
    desk.traps(_TARGETS, "insert into targets values (1, 'n2', 'Biston betularia')", toml=verified, more=_TARGET)
    found = desk.run("--absences", "--filter", "verified=true", "--events", "all")
    assert {r["occurrenceStatus"] for r in found.rows("occurrence.txt")} == {"present"}
    return found
