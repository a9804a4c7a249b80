"""Layout `occurrences` of CSV: one row for each occurrence, with what its event, media and identifications amount to."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence

import orjson
from sqlalchemy import true

from exporter.context import ExportContext
from exporter.records import Field
from exporter.rules import Rule
from exporter.source import PROJECT
from exporter.tables import Table, Value
from exporter_tabular.beside import Batch, Belonging, Row, Rows, side_by_side
from exporter_tabular.tables import Rows as Records
from exporter_tabular.tables import belonging_table, belongs, occurrence_table
from exporter_tabular.typed import value_of

COLUMNS = (
    "id",
    "event",
    "deployment",
    "project",
    "determination",
    "determination_score",
    "verification",
    "best_machine_prediction",
    "best_machine_prediction_algorithm",
    "best_machine_prediction_score",
    "verified_by",
    "agreement",
    "detections_count",
    "first_appearance",
    "last_appearance",
    "duration",
    "best_detection_url",
    "bbox",
    "width",
    "height",
    "capture_url",
)
_OCCURRENCE = {
    "id": "occurrence_id",
    "event": "event_id",
    "determination": "scientific_name",
    "determination_score": "score",
    "verification": "identification_verification_status",
    "first_appearance": "occurrence_start",
    "last_appearance": "occurrence_end",
    "verified": "verified",
    "identified_by": "identified_by",
}
_DEPLOYMENT = ("parent_event_id", "location_id", "locality")  # the first that the source provides
_BOX = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
_MEDIA = ("media_id", *_BOX, "score", "identifier", "source_identifier", "width", "height", "created")
_IDENTIFICATION = (
    "identification_id",
    "machine",
    "withdrawn",
    "score",
    "scientific_name",
    "taxon_id",
    "identified_by",
    "date_identified",
)
_PROJECT = Field("project", str)


def tables(ctx: ExportContext, records: Records) -> list[Table]:
    """The occurrences, and then what belongs to them, as far as the source provides it."""
    fields = ctx.source.family.records["occurrence"].fields
    columns = {header: fields[name] for header, name in _OCCURRENCE.items()}
    project = _project(records, "occurrence")
    found = [occurrence_table(ctx, records, columns | {"project": _PROJECT}, project)]
    if belongs(records, "event"):
        found.append(_event_table(ctx, records))
    if belongs(records, "identification") and records["identification"].has("machine"):
        found.append(_belonging(ctx, records, "identification", "identifications", _IDENTIFICATION))
    if belongs(records, "media"):
        found.append(_belonging(ctx, records, "media", "detections", _MEDIA))
    return found


def _belonging(ctx: ExportContext, records: Records, name: str, title: str, names: Iterable[str]) -> Table:
    fields = ctx.source.family.records[name].fields
    return belonging_table(ctx, records, name, title, {n: fields[n] for n in names})


def _event_table(ctx: ExportContext, records: Records) -> Table:
    fields = ctx.source.family.records["event"].fields
    deployment = next((n for n in _DEPLOYMENT if records["event"].has(n)), _DEPLOYMENT[0])
    columns = {"event_id": fields["event_id"], "deployment": fields[deployment], "project": _PROJECT}
    return belonging_table(ctx, records, "event", "event", columns, _project(records, "event"))


def _project(records: Records, name: str) -> dict[str, Value]:
    """What tells projects apart, as `--project` takes it."""
    columns = records[name].columns
    return {"project": Value(columns[PROJECT])} if PROJECT in columns else {}


def rules(records: Records) -> list[Rule]:
    """No column says that an occurrence was withdrawn, so the report does."""
    row = records.get("occurrence")
    if row is None or not row.has("withdrawn"):
        return []
    message = "The occurrence was withdrawn; its row does not say so."
    return [Rule(row.name, "OCCURRENCE_WITHDRAWN", message, "info", where=row.columns["withdrawn"] == true(), drop=False)]


def rows(ctx: ExportContext, found: Sequence[Table]) -> Iterator[list[tuple[str, ...]]]:
    """The rows of the file in batches, in the order of COLUMNS."""
    main, *others = found
    belonging = [Belonging(t, _Rows(t), _FOLDS[t.name], "event_id" if t.name == "event" else "") for t in others]
    names = tuple(main.columns)
    none = "0" if any(t.name == "detections" for t in others) else ""
    for batch, beside in side_by_side(ctx, main, belonging):
        yield [_row(dict(zip(names, row, strict=True)), each, none) for row, each in zip(batch, beside, strict=True)]


class _Rows:
    """The rows of a table's batches, by header."""

    def __init__(self, table: Table) -> None:
        self._names = tuple(table.columns)

    def __call__(self, batches: Iterable[Batch]) -> Rows:
        for batch in batches:
            for row in batch:
                yield row[-1], dict(zip(self._names, row, strict=True))


def _row(row: dict[str, str], beside: Iterable[bytes | None], none: str) -> tuple[str, ...]:
    for folded in beside:
        row |= {k: v for k, v in orjson.loads(folded or b"{}").items() if not row.get(k)}
    _verified(row)
    if row.get("best_machine_prediction"):
        row["agreement"] = "true" if row["determination"] == row["best_machine_prediction"] else "false"
    row.setdefault("detections_count", none)
    row["first_appearance"] = row["first_appearance"] or row.get("first_detection", "")
    row["last_appearance"] = row["last_appearance"] or row.get("last_detection", "")
    row["duration"] = _seconds(row["first_appearance"], row["last_appearance"])
    return tuple([row.get(name, "") for name in COLUMNS])


def _verified(row: dict[str, str]) -> None:
    """Verification and who did it, from the occurrence itself where nothing else says so."""
    row["verification"] = row["verification"] or _STATUS.get(row["verified"], "")
    if not row.get("verified_by") and row["verification"] == "verified":
        row["verified_by"] = row["identified_by"]


_STATUS = {"true": "verified", "false": "unverified"}


def _seconds(first: str, last: str) -> str:
    """Seconds from one ISO 8601 moment to another; empty where one is missing or is none, or only one has a zone."""
    try:
        seconds = (dt.datetime.fromisoformat(last) - dt.datetime.fromisoformat(first)).total_seconds()
    except (ValueError, TypeError):
        return ""
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


# --- what the rows that belong to an occurrence amount to


def _event(rows: list[Row]) -> dict[str, str]:
    return {"deployment": rows[0]["deployment"], "project": rows[0]["project"]}


def _identifications(rows: list[Row]) -> dict[str, str]:
    """The best prediction of a model, and the last person who gave a name; a withdrawn identification does not count."""
    valid = [row for row in rows if row["withdrawn"] != "true"]
    folded = {}
    if machines := [row for row in valid if row["machine"] == "true"]:
        best = max(machines, key=_score)
        folded["best_machine_prediction"] = best["scientific_name"] or best["taxon_id"]
        folded["best_machine_prediction_algorithm"] = best["identified_by"]
        folded["best_machine_prediction_score"] = best["score"]
    if people := [row for row in reversed(valid) if row["machine"] == "false"]:
        folded["verified_by"] = max(people, key=lambda row: row["date_identified"])["identified_by"]
    return folded


def _detections(rows: list[Row]) -> dict[str, str]:
    """How many there are, and the best of them."""
    best = max(rows, key=_score)
    moments = [row["created"] for row in rows if row["created"]]
    return {
        "detections_count": str(len(rows)),
        "first_detection": min(moments, default=""),
        "last_detection": max(moments, default=""),
        "best_detection_url": best["identifier"],
        "bbox": _box(best),
        "width": best["width"],
        "height": best["height"],
        "capture_url": best["source_identifier"],
    }


def _box(row: Row) -> str:
    """x, y, width and height as a JSON array; empty where one is missing."""
    sides = [row[name] for name in _BOX]
    return orjson.dumps([value_of(float, side) for side in sides]).decode() if all(sides) else ""


def _score(row: Row) -> float:
    """The first of the best wins, and any score over none."""
    try:
        score = float(row["score"])
    except ValueError:
        return -math.inf
    return score if math.isfinite(score) else -math.inf


_FOLDS = {"event": _event, "identifications": _identifications, "detections": _detections}
