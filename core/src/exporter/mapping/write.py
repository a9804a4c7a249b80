"""The text of the draft."""

from __future__ import annotations

import json
import re
import textwrap
import uuid
from collections.abc import Iterator, Mapping

from exporter.mapping.drafts import Line, RecordDraft, Suggestions
from exporter.mapping.known import Study

_WIDTH = 110
_HEAD = """\
# A draft by `exporter map`. The reason of a guess stands behind its line; a line without one takes a column that is named as the
# field. What was not taken stands below each record. A column may be exchanged for an expression in the database's own SQL.
# Fill the lines marked `# needed`, look the rest through, then:  exporter preview --format {format}
"""
_NAMESPACE = "# Identifiers are made from this where the database has none. Keep it for ever: another one changes them all."


def write(
    study: Study,
    *,
    name: str,
    url: str,
    secret: str,
    drafts: list[tuple[RecordDraft, Suggestions]],
    missing: Mapping[str, str],
) -> str:
    """The draft of a source.

    :param url: without a password.
    :param secret: the environment variable that holds the password, or empty.
    :param missing: why no table was found for a record.
    """
    texts = study.known.texts
    named = _key(name)
    blocks = [_HEAD.format(format=texts.preview) + "\n" + _source(study, named, url, secret)]
    blocks += [_record(study, named, draft, suggestions) for draft, suggestions in drafts]
    if missing:
        blocks.append("".join(map(_missing, missing, missing.values())))
    blocks += [f"# {remark}\n" for remark in study.known.remarks([draft.record for draft, _ in drafts])]
    if not drafts:
        tables = ", ".join(map(_plain, study.db.tables)) or "none"
        blocks.append(f"{texts.nothing.format(name=named, tables=tables)}\n[sources.{named}.records]\n")
    if texts.document:
        blocks.append(texts.document.format(name=named))
    return "\n".join(blocks)


def _missing(record: str, why: str) -> str:
    text = _plain(f"No table was found for {record}: {why}.")
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_long_words=False) + "\n"


def quoted(text: str) -> str:
    """A TOML string."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """A text that cannot leave its comment."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def _source(study: Study, name: str, url: str, secret: str) -> str:
    lines = [f"[sources.{name}]"]
    if secret:
        lines.append(f"# Set the environment variable {secret} to the password, percent-encoded; it has no place in a file.")
    lines += [f"url = {quoted(url)}", f"family = {quoted(study.family.name)}"]
    if not study.family.keys_identify:
        lines.append(
            "# Identifiers are made from this where the database has none. Keep it for ever: another one changes them all."
        )
        lines.append(f'namespace = "{uuid.uuid4()}"')
    lines.append(f'# media = "media/"  # {study.known.texts.media}')
    return "\n".join(lines) + "\n"


def _record(study: Study, name: str, draft: RecordDraft, suggestions: Suggestions) -> str:
    table = f"sources.{name}.records.{draft.record}"
    lines = [f"# --- {draft.record}: {_plain(', '.join(t.name for t in draft.tables))}"]
    if draft.others:
        lines.append(f"# It could also be: {', '.join(map(_plain, draft.others))}.")
    lines += ["", f"[{table}]", *_table(draft), *_conditions(suggestions)]
    lines += ["", f"[{table}.columns]", *map(_line, draft.columns), *map(_needed, draft.needed)]
    lines += [_commented(line, "worth adding: ") for line in suggestions.columns]
    if draft.dynamic:
        lines += ["", f"[{table}.dynamic]  # into dynamicProperties, as JSON", *map(_line, draft.dynamic)]
    conditions = {each.column for each in suggestions.where}
    lines += _left({column: reason for column, reason in draft.left.items() if column not in conditions})
    if draft.left and not draft.dynamic and study.known.dynamic:
        lines += _kept(table, next(iter(draft.left)))
    return "\n".join(lines) + "\n"


def _table(draft: RecordDraft) -> Iterator[str]:
    if not draft.query:
        yield f"table = {quoted(draft.tables[0].name)}"
    elif "'''" in draft.query or not re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f]*", draft.query):
        yield f"query = {quoted(draft.query)}"
    else:
        yield f"query = '''\n{draft.query}\n'''"
    if draft.key is not None:
        yield _line(draft.key) if draft.key.sql else _needed(draft.key)
    if draft.project:
        yield f"project = {quoted(draft.project)}  # what tells projects apart, for --project"


def _conditions(suggestions: Suggestions) -> Iterator[str]:
    if suggestions.where:
        why = "; ".join(each.why for each in suggestions.where)
        yield f"where = {quoted(' and '.join(each.sql for each in suggestions.where))}  # {_plain(why)}"
    if suggestions.conditions:
        yield "# Rows that `where` leaves out are nowhere counted:"
    for sql, why in suggestions.conditions:
        yield f"# where = {quoted(sql)}  # {_plain(why)}"
    if len(suggestions.conditions) > 1:
        yield f"# where = {quoted(' and '.join(sql for sql, _ in suggestions.conditions))}  # both"


def _line(line: Line) -> str:
    why = f"  # {_plain(line.why)}" if line.why else ""
    return f"{_key(line.label)} = {quoted(line.sql)}{why}"


def _needed(line: Line) -> str:
    return f"# {_key(line.label)} = {quoted(line.sql)}  # needed: {_plain(line.why)}"


def _commented(line: Line, mark: str) -> str:
    return f"# {_key(line.label)} = {quoted(line.sql)}  # {mark}{_plain(line.why)}"


def _left(left: Mapping[str, str]) -> Iterator[str]:
    """The columns that were not taken, by reason."""
    if not left:
        return
    yield ""
    yield "# In no field:"
    for column, reason in left.items():
        if reason:
            yield f"#   {_plain(column)}: {_plain(reason)}"
    rest = ", ".join(_plain(c) for c, reason in left.items() if not reason)
    yield from textwrap.wrap(rest, _WIDTH, initial_indent="#   ", subsequent_indent="#   ", break_long_words=False)


def _kept(table: str, example: str) -> Iterator[str]:
    """Where the columns could go that are in no field."""
    yield "# To keep one of them in dynamicProperties:"
    yield f"# [{table}.dynamic]"
    yield f"# {_key(example)} = {quoted(example)}"
