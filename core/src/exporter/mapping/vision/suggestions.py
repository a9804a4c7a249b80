"""What a person should think of in a draft of annotated images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporter.mapping import values
from exporter.mapping.drafts import Line, RecordDraft, Suggestions
from exporter.mapping.known import Study
from exporter.mapping.look import Table
from exporter.mapping.vision import words
from exporter.mapping.vision.annotated import flag, moment

NO_ANNOTATIONS = "No annotations were found that can be mapped. Images can still be written with their tags."


def suggestions(study: Study, draft: RecordDraft, drafts: Sequence[RecordDraft]) -> Suggestions:
    """Rows to leave out, and splits where nothing gives them."""
    split = any(line.label == "split" for each in drafts for line in each.columns)
    columns = []
    if draft.record == "image" and not split:
        columns.append(
            Line("split", "'train'", "where all images are of one split; formats made of splits also take --split-by")
        )
    deleted = _deleted(study, draft.tables[0]) if draft.record != "annotation" else ()
    return Suggestions(conditions=list(deleted), columns=columns)


def _deleted(study: Study, table: Table) -> Iterator[tuple[str, str]]:
    """Conditions that leave out what was deleted."""
    column, when = flag(study, table), moment(study, table, words.DELETED_AT)
    if column is not None:
        yield f"not ({values.yes(study.db, table, column, column.name)})", "rows that were deleted"
    elif when is not None:
        yield f"{study.db.quote(when.name)} is null", "rows that were deleted"
