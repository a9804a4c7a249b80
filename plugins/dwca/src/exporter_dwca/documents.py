"""The two XML documents of an archive: meta.xml, which describes its files, and eml.xml, which describes the data set.

Both are Jinja templates beside this module. A host that gives folders of its own overrides either file, or blocks of it by
`{% extends "exporter_dwca/eml.xml.j2" %}`. Rules: Darwin Core text guide; GBIF metadata profile 1.3.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import attrs

from exporter.errors import InputError
from exporter.records.biodiversity.dataset import Agent, Dataset, KeywordSet, Methods, StatedCoverage, TaxonCoverage

if TYPE_CHECKING:
    import jinja2

# What stands where the profile requires something that the data set lacks. The first two are shorter than the 10 and the 25
# characters that GBIF asks of a title and an abstract: a check of the bytes still finds that they are missing.
UNTITLED = "Untitled"
UNSTATED = "Not stated."
UNKNOWN = "unknown"
DATASET_TYPES = "GBIF Dataset Type Vocabulary"

_META, _EML = "meta.xml.j2", "eml.xml.j2"
_PLACE = "The bounding box of the places where the data were recorded."
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_URI = re.compile(r"%(?![0-9A-Fa-f]{2})|[\s<>\"{}|\\^`\[\]]")
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?]*)?(.*)", re.DOTALL)
_EMAIL = re.compile(r"[^\s@/]+@[^\s@/]+\.[^\s@/]+|^mailto:", re.IGNORECASE)


@attrs.frozen
class LicenseText:
    """How a license is written in EML: the names that GBIF's registry reads, and a sentence around the link."""

    identifier: str
    name: str
    title: str
    legal_code: str
    before: str = "This work is licensed under a"
    after: str = ""


LICENSE_TEXTS: Mapping[str, LicenseText] = {
    "CC0-1.0": LicenseText(
        "CC0-1.0",
        "Creative Commons Zero v1.0 Universal",
        "Public Domain (CC0 1.0)",
        "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
        "To the extent possible under law, the publisher has waived all rights to these data and has dedicated them to the",
        "Users may copy, modify, distribute and use the work, including for commercial purposes, without restriction.",
    ),
    "CC-BY-4.0": LicenseText(
        "CC-BY-4.0",
        "Creative Commons Attribution 4.0 International",
        "Creative Commons Attribution (CC-BY) 4.0 License",
        "http://creativecommons.org/licenses/by/4.0/legalcode",
    ),
    "CC-BY-NC-4.0": LicenseText(
        "CC-BY-NC-4.0",
        "Creative Commons Attribution Non Commercial 4.0 International",
        "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0 License",
        "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
    ),
}


@attrs.frozen(kw_only=True)
class Coverage:
    """What the exported rows cover; what the data set's publisher states goes before it.

    :param box: west, south, east, north in degrees, or None where no row has coordinates.
    """

    box: tuple[float, float, float, float] | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    taxa: tuple[TaxonCoverage, ...] = ()


@attrs.frozen
class DataField:
    """A column of a data file, or a constant: it has an index or a default.

    :param term: URI of the term.
    :param delimited_by: what parts several values in one cell.
    :param vocabulary: URI of the vocabulary that the values are from.
    """

    index: int | None
    term: str
    default: str | None = None
    delimited_by: str = ""
    vocabulary: str = ""

    def __attrs_post_init__(self) -> None:
        if self.index is None and self.default is None:
            raise ValueError(f"{self.term} has neither an index nor a default")


@attrs.frozen
class DataFile:
    """A text file of an archive: tab-separated UTF-8 with no quotes.

    :param location: its name in the archive.
    :param row_type: URI of what a row is.
    :param id_index: the column of the core's identifier: its own in the core, the one that it hangs on in an extension.
    """

    location: str
    row_type: str
    fields: Sequence[DataField]
    id_index: int = 0
    ignore_header_lines: int = 1

    def __attrs_post_init__(self) -> None:
        columns = [f.index for f in self.fields if f.index is not None]
        for what in ([f.term for f in self.fields], columns):
            if len(set(what)) < len(what):  # readers keep one of them, and not the same one
                raise ValueError(f"{self.location}: a term or a column is mapped twice")


def xml_text(text: str) -> str:
    """Remove what no XML document may hold, not even escaped: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return _ILLEGAL.sub("", text)


def render_meta(
    core: DataFile, extensions: Sequence[DataFile], *, metadata: str = "eml.xml", templates: Sequence[Path] = ()
) -> bytes:
    """Write meta.xml.

    :param metadata: name of the document about the data set.
    :param templates: folders that are searched for meta.xml.j2 before the package's own.
    :raises InputError: when a host's template cannot be rendered.
    """
    return _render(_META, templates, {"core": core, "extensions": extensions, "metadata": metadata})


def render_eml(
    dataset: Dataset,
    *,
    package_id: str,
    pub_date: dt.date,
    date_stamp: dt.datetime,
    coverage: Coverage,
    dataset_type: str,
    include_emails: bool,
    templates: Sequence[Path] = (),
) -> bytes:
    """Write eml.xml, valid by the profile whatever the data set lacks.

    :param package_id: identifier of this version of the document.
    :param dataset_type: occurrence, checklist, samplingEvent or metadata.
    :param include_emails: whether agents' e-mail addresses are published.
    :param templates: folders that are searched for eml.xml.j2 before the package's own.
    :raises InputError: when a host's template cannot be rendered.
    """
    told = cleaned(dataset, include_emails=include_emails)
    context = {
        "dataset": told,
        "package_id": package_id,
        "pub_date": dt.date.isoformat(pub_date),
        "date_stamp": _timestamp(date_stamp),
        "language": told.language or "en",
        "title": told.title or told.short_name or UNTITLED,
        "abstract": told.abstract or told.introduction or told.purpose or UNSTATED,
        "keywords": [
            *(each for each in told.keywords if each.keywords),
            KeywordSet(keywords=(dataset_type,), thesaurus=DATASET_TYPES),
        ],
        "license": LICENSE_TEXTS.get(told.license),
        "unknown": UNKNOWN,
        "unstated": UNSTATED,
    }
    return _render(_EML, templates, context | _agents(told) | stated_or_found(told, coverage) | _methods(told))


def cleaned(dataset: Dataset, *, include_emails: bool) -> Dataset:
    """The data set as it may be published: with nothing blank or illegal, and with e-mail addresses where they are wanted."""
    return _clean(dataset, hide=not include_emails) or Dataset()


def _clean(value: Any, *, hide: bool) -> Any:
    """Prepare a value of the data set: texts without what XML refuses, nothing that is blank, agents that have a name."""
    if isinstance(value, str):
        return xml_text(value).strip()
    if isinstance(value, tuple):
        return tuple(kept for kept in (_clean(item, hide=hide) for item in value) if kept not in ("", None))
    if not attrs.has(type(value)):
        return value
    changes = {a.name: _clean(getattr(value, a.name), hide=hide) for a in attrs.fields(type(value))}
    if isinstance(value, Agent) and hide:
        changes |= {name: "" for name, text in changes.items() if isinstance(text, str) and _EMAIL.search(text)}
        changes["email"] = ""
    if all(kept in ("", None, ()) for kept in changes.values()):
        return None
    if isinstance(value, Agent) and not (changes["organization"] or changes["surname"] or changes["given_name"]):
        changes["position"] = changes["position"] or UNKNOWN
    return attrs.evolve(value, **changes)


def _agents(dataset: Dataset) -> dict[str, Any]:
    """Fill the three places that need an agent with whoever there is."""
    publisher = (dataset.publisher,) if dataset.publisher else ()
    anyone = dataset.creators or dataset.contacts or dataset.metadata_providers or publisher or (Agent(position=UNKNOWN),)
    return {
        "creators": dataset.creators or anyone,
        "contacts": dataset.contacts or anyone,
        "metadata_providers": dataset.metadata_providers or anyone,
    }


def stated_or_found(dataset: Dataset, computed: Coverage) -> dict[str, Any]:
    """Take each part of the coverage as the publisher states it, else as the rows have it."""
    stated = dataset.coverage or StatedCoverage()
    box, place = computed.box, ""
    if stated.geographic:
        box, place = stated.geographic.box or box, stated.geographic.description
    if box and not all(math.isfinite(side) for side in box):
        box = None
    taxa = stated.taxonomic or tuple(_clean(taxon, hide=False) for taxon in computed.taxa)
    taxa = tuple(taxon for taxon in taxa if taxon and taxon.scientific_name)
    # the profile has no room for these two alone, without a box or a taxon
    loose = [
        ("Geographic coverage", "" if box else place),
        ("Taxonomic coverage", "" if taxa else stated.taxonomic_description),
    ]
    information = [dataset.additional_info, *(f"{what}: {text}" for what, text in loose if text)]
    return {
        "box": box,
        "place": place or _PLACE,
        "taxa": taxa,
        "taxonomic_description": stated.taxonomic_description,
        "additional_info": "\n\n".join(filter(None, information)),
    } | _days(stated, computed)


def _days(stated: StatedCoverage, computed: Coverage) -> dict[str, str]:
    first, last = computed.first_day or computed.last_day, computed.last_day or computed.first_day
    if stated.temporal:
        start, end = stated.temporal.start, stated.temporal.end
        first, last = start or first or end, end or last or start
        if first and last and last < first:  # one is stated, and the rows contradict it
            first = last = start or end
    return {name: dt.date.isoformat(day) if day else "" for name, day in (("first_day", first), ("last_day", last))}


def _methods(dataset: Dataset) -> dict[str, Methods | None]:
    """Complete the methods: there is at least one step, and what is sampled stands beside how."""
    told = dataset.methods
    if not told:
        return {"methods": None}
    steps = told.steps or (told.sampling_description or told.quality_control or told.study_extent,)
    extent, sampling = told.study_extent, told.sampling_description
    if extent or sampling:
        place = dataset.coverage and dataset.coverage.geographic and dataset.coverage.geographic.description
        extent, sampling = extent or place or UNSTATED, sampling or UNSTATED
    return {"methods": attrs.evolve(told, steps=steps, study_extent=extent, sampling_description=sampling)}


def _timestamp(moment: dt.datetime) -> str:
    """Write a moment in UTC; one without zone as it stands. An offset with seconds, as old ones have, is no xs:dateTime."""
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def load(templates: Sequence[Path]) -> None:
    """Compile the templates, which takes longer than to fill them in."""
    for name in (_META, _EML):
        _environment(tuple(templates)).get_template(name)


def _render(name: str, templates: Sequence[Path], context: Mapping[str, Any]) -> bytes:
    import jinja2

    missing = [folder for folder in templates if not folder.is_dir()]
    if missing:
        raise InputError(f"There is no folder of templates '{missing[0]}'.")
    try:
        text = _environment(tuple(templates)).get_template(name).render(context)
    except jinja2.TemplateError as error:
        raise InputError(f"The template '{name}' cannot be rendered: {error}.") from error
    return (xml_text(text).strip() + "\n").encode()


@lru_cache(maxsize=8)  # it keeps compiled templates, and compiles a host's again when the file has changed
def _environment(templates: tuple[Path, ...]) -> jinja2.Environment:
    import jinja2

    own = jinja2.PackageLoader("exporter_dwca")
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(templates), own, jinja2.PrefixLoader({"exporter_dwca": own})]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_one_line,
    )
    environment.filters |= {"paragraphs": _paragraphs, "uri": _uri, "degrees": _degrees}
    return environment


def _one_line(value: Any) -> Any:
    """Keep the template's own line breaks only; blanks that do not break (U+00A0) stay."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return re.sub(r"[ \t\r\n]+", " ", xml_text(value))
    return value


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _degrees(value: float) -> str:
    """Write degrees as xs:decimal, which has no exponent, with 6 decimals at most."""
    return f"{round(value, 6) + 0.0:.6f}".rstrip("0").rstrip(".")


def _uri(text: str) -> str:
    """Write an address as xs:anyURI: percent-encode blanks, quotes, brackets, and `%`, `#`, `:` where they mean nothing."""
    head, mark, fragment = _NOT_IN_URI.sub(lambda found: quote(found[0]), text).partition("#")
    scheme, site, path = _URI.fullmatch(head).groups(default="")  # type: ignore[union-attr] # it matches any text
    if not re.fullmatch(r"(//([^@:]*(:[^@]*)?@)?[^@:]*(:[0-9]{1,5})?)?", site):
        site = site.replace(":", "%3A").replace("@", "%40")
    if not scheme and not site:  # a colon in the first segment would part a scheme from it
        first, slash, rest = path.partition("/")
        path = first.replace(":", "%3A") + slash + rest
    return scheme + site + path + mark + fragment.replace("#", "%23")
