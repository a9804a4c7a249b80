"""The text of the draft."""

from __future__ import annotations

import json
import re
import textwrap
import uuid
from collections.abc import Iterator, Mapping

import attrs

from exporter.mapping.guess import Line, RecordDraft

_WIDTH = 110
_HEAD = """\
# A draft by `exporter map`. The reason of a guess stands behind its line; a line without one takes a column that is named as the
# field. What was not taken stands below each record. A column may be exchanged for an expression in the database's own SQL.
# Fill the lines marked `# needed`, look the rest through, then:  exporter preview --format dwca
"""
_NOTHING = """\
# No table was found that holds events or occurrences. Tables there are: {tables}.
# Describe what there is by hand, for instance:
#
# [sources.{name}.records.occurrence]
# table = "..."
# [sources.{name}.records.occurrence.columns]
# occurrence_id = "..."
# scientific_name = "..."

[sources.{name}.records]
"""
_NO_EVENTS = """\
# No table was found that holds the events. Without them an archive is built around occurrences: exporter run --core occurrence
"""
_DATASET = """\
# --- what eml.xml says of the data set

[sources.{name}.dataset]
title = ""  # needed: at least 10 characters
abstract = ""  # needed: what the data are, at least 25 characters
license = ""  # needed: CC0-1.0, CC-BY-4.0 or CC-BY-NC-4.0
# keywords = ["camera trap", "mammals"]
# rights_holder = ""

[[sources.{name}.dataset.creators]]
given_name = ""  # needed
surname = ""  # needed; for an organization write organization = "..." in place of both names
# orcid = "0000-0002-1825-0097"
# email = ""  # of contacts; it is published only with --include-emails

# Contacts and metadata_providers are the creators unless they are named:
# [[sources.{name}.dataset.contacts]]
# [[sources.{name}.dataset.metadata_providers]]
"""


@attrs.frozen(kw_only=True)
class Suggestions:
    """What is written as comments of one record.

    :param conditions: for `where`, each with what to think of.
    :param columns: fields with an example.
    """

    conditions: list[tuple[str, str]]
    columns: list[Line]


def write(
    *,
    name: str,
    url: str,
    secret: str,
    family: str,
    drafts: list[tuple[RecordDraft, Suggestions]],
    tables: list[str],
    missing: Mapping[str, str],
) -> str:
    """The draft of a source.

    :param url: without a password.
    :param secret: the environment variable that holds the password, or empty.
    :param tables: the names of all tables, for a database that holds no record.
    :param missing: why no table was found for a record.
    """
    named = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)
    blocks = [_HEAD + "\n" + _source(named, url, secret, family)]
    blocks += [_record(named, draft, suggestions) for draft, suggestions in drafts]
    if missing:
        blocks.append("".join(map(_missing, missing, missing.values())))
    if drafts and not any(draft.record == "event" for draft, _ in drafts):
        blocks.append(_NO_EVENTS)
    if not drafts:
        blocks.append(_NOTHING.format(name=named, tables=", ".join(map(_plain, tables)) or "none"))
    return "\n".join([*blocks, _DATASET.format(name=named)])


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


def _source(name: str, url: str, secret: str, family: str) -> str:
    lines = [f"[sources.{name}]"]
    if secret:
        lines.append(f"# Set the environment variable {secret} to the password, percent-encoded; it has no place in a file.")
    lines += [
        f"url = {quoted(url)}",
        f"family = {quoted(family)}",
        "# Identifiers are made from this where the database has none. Keep it for ever: another one changes them all.",
        f'namespace = "{uuid.uuid4()}"',
        '# media = "media/"  # the folder in which relative names of media are found',
    ]
    return "\n".join(lines) + "\n"


def _record(name: str, draft: RecordDraft, suggestions: Suggestions) -> str:
    table = f"sources.{name}.records.{draft.record}"
    lines = [f"# --- {draft.record}: {_plain(draft.table.name)}"]
    if draft.others:
        lines.append(f"# It could also be: {', '.join(map(_plain, draft.others))}.")
    lines += ["", f"[{table}]", *_table(draft), *_conditions(suggestions)]
    lines += ["", f"[{table}.columns]", *map(_line, draft.columns), *map(_needed, draft.needed)]
    lines += [_commented(line, "worth adding: ") for line in suggestions.columns]
    if draft.dynamic:
        lines += ["", f"[{table}.dynamic]  # into dynamicProperties, as JSON", *map(_line, draft.dynamic)]
    lines += _left(table, draft)
    return "\n".join(lines) + "\n"


def _table(draft: RecordDraft) -> Iterator[str]:
    if not draft.query:
        yield f"table = {quoted(draft.table.name)}"
    elif "'''" in draft.query or not re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f]*", draft.query):
        yield f"query = {quoted(draft.query)}"
    else:
        yield f"query = '''\n{draft.query}\n'''"
    if draft.key is not None:
        yield _line(draft.key) if draft.key.sql else _needed(draft.key)
    if draft.project:
        yield f"project = {quoted(draft.project)}  # what tells projects apart, for --project"


def _conditions(suggestions: Suggestions) -> Iterator[str]:
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


def _left(table: str, draft: RecordDraft) -> Iterator[str]:
    """The columns that were not taken, by reason, and where they could go."""
    if not draft.left:
        return
    yield ""
    yield "# In no field:"
    for column, reason in draft.left.items():
        if reason:
            yield f"#   {_plain(column)}: {_plain(reason)}"
    rest = ", ".join(_plain(c) for c, reason in draft.left.items() if not reason)
    yield from textwrap.wrap(rest, _WIDTH, initial_indent="#   ", subsequent_indent="#   ", break_long_words=False)
    if not draft.dynamic:
        example = next(iter(draft.left))
        yield "# To keep one of them in dynamicProperties:"
        yield f"# [{table}.dynamic]"
        yield f"# {_key(example)} = {quoted(example)}"
