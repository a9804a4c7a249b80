"""A first exporter.toml for a database that nobody has described yet.

    print(draft("sqlite:///traps.db", "biodiversity"))

It looks, guesses and writes: `look` reads tables, keys and some rows; `roles` finds which table is which record, `links` how they
hang together, `fields` which column is which field; `guess` puts it together and `write` makes the text. A guess is made only if
names and values both speak for it. A column whose values do not fit its name is named in a comment with the reason.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePath

import attrs
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from exporter.errors import InputError
from exporter.records import family as family_named

PASSWORD = "EXPORTER_PASSWORD"  # noqa: S105 - the name of a variable, not a secret
_SECRET_KEYS = {"password", "passwd", "sslpassword"}


@attrs.frozen
class Draft:
    """What was found out about a database.

    :param text: of an exporter.toml, with what is needed and nobody can guess marked `# needed`.
    :param missing: why no table was found for a record that has none.
    :param preview: the format to try it with.
    """

    text: str
    missing: dict[str, str]
    preview: str

    def __str__(self) -> str:
        return self.text


def draft(url: str, family: str, name: str | None = None) -> Draft:
    """A first exporter.toml for a database.

    :param url: any SQLAlchemy URL; ${NAME} takes an environment variable.
    :param name: what the source will be called; by default after the database.
    :raises InputError: when the URL is none or the family is not known.
    :raises SourceError: when the database cannot be read.
    """
    from exporter.mapping.guess import guess
    from exporter.mapping.known import Study, known
    from exporter.mapping.look import open_database
    from exporter.mapping.write import write

    described = family_named(family)
    words = known(described)
    shown, secret = _without_password(url)
    name = name or _name(url)
    with open_database(_filled(url), described, name) as db:
        study = Study(db, described, words)
        found, missing = guess(study)
        drafts = [(each, words.suggestions(study, each, found)) for each in found]
        text = write(study, name=name, url=shown, secret=secret, drafts=drafts, missing=missing)
        return Draft(text, missing, words.texts.preview)


def _filled(url: str) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise InputError(f"The environment variable {match[1]} in the URL is not set.")
        return os.environ[match[1]]

    filled = re.sub(r"\$\{(\w+)\}", value, url)
    try:
        make_url(filled)
    except (ArgumentError, ValueError):
        raise InputError("That is no database URL.", hint="For instance: sqlite:///traps.db") from None
    return filled


def _without_password(url: str) -> tuple[str, str]:
    """The URL with a variable in place of a password, and the name of the variable where there is one."""
    given = make_url(_filled(url))
    if "${" in url and (given.password is None or "${" in url.split("@")[0]):
        return url, ""
    secrets = {key for key in given.query if key.lower() in _SECRET_KEYS}
    if given.password is None and not secrets:
        return url, ""
    mark = PASSWORD.lower().replace("_", "")
    hidden = given.set(password=mark) if given.password is not None else given
    hidden = hidden.update_query_dict(dict.fromkeys(secrets, mark))
    return hidden.render_as_string(hide_password=False).replace(mark, "${" + PASSWORD + "}"), PASSWORD


def _name(url: str) -> str:
    database = make_url(_filled(url)).database or ""
    return re.sub(r"\W+", "_", PurePath(database).stem, flags=re.ASCII).strip("_").lower() or "source"
