"""The metadata of a data set: who made it, what it covers, how it was made, what may be done with it.

It stands in exporter.toml under [sources.NAME.dataset], or a host builds the classes:

    [sources.moths.dataset]
    title = "Moths at light in Panama, 2022 to 2024"
    license = "CC-BY-4.0"

    [[sources.moths.dataset.creators]]
    given_name = "Ana"
    surname = "Reyes"
    orcid = "0000-0002-1825-0097"

The fields are those of the GBIF metadata profile 1.3 that a publisher fills in; blank lines part paragraphs. What is missing
stays empty: a format's check asks for what it needs. Only values that no format could write are refused.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import attrs

from exporter.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from cattrs import Converter

LICENSES = ("CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0")
FREQUENCIES = (
    "annually", "asNeeded", "biannually", "continually", "daily", "irregular", "monthly", "notPlanned", "weekly", "unknown",
    "otherMaintenancePeriod",
)  # fmt: skip

_LICENSE_URL = re.compile(r"^(https?://)?(www\.)?creativecommons\.org/(licenses|publicdomain)/")
_LICENSE_SPELLINGS = {
    "CC0-1.0": r"(cc ?0|(cc|creative commons) zero)( v?1\.0)?( universal)?",
    "CC-BY-4.0": r"(cc ?by|(cc|creative commons) attribution( cc by)?)( v?4\.0)?( international)?",
    "CC-BY-NC-4.0": r"(cc ?by nc|(cc|creative commons) attribution non ?commercial( cc by nc)?)( v?4\.0)?( international)?",
}


def normal_license(text: str) -> str:
    """Read a license in a common spelling or as the URL of its deed: one of LICENSES; an empty text stays empty.

    :raises InputError: when it is none of the three that GBIF accepts.
    """
    if not text.strip():
        return ""
    words = _LICENSE_URL.sub("cc ", text.strip().casefold())
    words = re.sub(r"^https?://spdx\.org/licenses/|\.html$|/(legalcode|deed)[\w.]*$|/$| licen[cs]e$", "", words)
    words = re.sub(r"[\s_/()-]+", " ", words).strip()
    for name, spellings in _LICENSE_SPELLINGS.items():
        if re.fullmatch(spellings, words):
            return name
    raise InputError(f"license takes {LICENSES[0]}, {LICENSES[1]} or {LICENSES[2]}, not {text!r}.")


def _orcid(text: str) -> str:
    bare = re.sub(r"^((https?://)?(www\.)?orcid\.org/|orcid:\s*)|/$", "", text.strip(), flags=re.I).upper()
    if bare and not re.fullmatch(r"([0-9]{4}-){3}[0-9]{3}[0-9X]", bare):
        raise InputError(f"orcid takes 0000-0002-1825-0097 or its URL, not {text!r}.")
    return bare


def _is_language(_instance: Any, attribute: attrs.Attribute[str], value: str) -> None:
    if value and not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value):
        raise InputError(f"{attribute.name} takes a language code such as 'en' or 'pt-BR', not {value!r}.")


def _is_frequency(_instance: Any, attribute: attrs.Attribute[str], value: str) -> None:
    if value and value not in FREQUENCIES:
        raise InputError(f"{attribute.name} has no value {value!r}. {did_you_mean(value, FREQUENCIES)}")


def _within(limit: float) -> Any:
    def validate(_instance: Any, attribute: attrs.Attribute[float | None], value: float | None) -> None:
        if value is not None and not (math.isfinite(value) and -limit <= value <= limit):
            raise InputError(f"{attribute.name} takes degrees from -{limit:g} to {limit:g}, not {value!r}.")

    return validate


@attrs.frozen(kw_only=True)
class Address:
    """Where an agent receives mail; a plain text is taken as delivery point."""

    delivery_point: str = ""
    city: str = ""
    administrative_area: str = ""
    postal_code: str = ""
    country: str = ""


@attrs.frozen(kw_only=True)
class Agent:
    """A person, an organization or a position.

    :param role: what an associated party or a project's personnel does: principalInvestigator, custodianSteward, ...
    :param orcid: kept as the bare identifier; its URL is accepted.
    """

    organization: str = ""
    salutation: str = ""
    given_name: str = ""
    surname: str = ""
    position: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    orcid: str = attrs.field(default="", converter=_orcid)
    role: str = ""
    address: Address | None = None


@attrs.frozen(kw_only=True)
class KeywordSet:
    """Keywords from one thesaurus; from none where it is empty."""

    keywords: tuple[str, ...] = ()
    thesaurus: str = ""


def _by_thesaurus(sets: Iterable[KeywordSet]) -> tuple[KeywordSet, ...]:
    found: dict[str, list[str]] = {}
    for each in sets:
        found.setdefault(each.thesaurus, []).extend(each.keywords)
    return tuple(KeywordSet(keywords=tuple(dict.fromkeys(words)), thesaurus=name) for name, words in found.items())


@attrs.frozen(kw_only=True)
class GeographicCoverage:
    """A place in words and its bounding box in degrees (WGS 84): all four sides, or none.

    Across the meridian of 180 degrees, west is greater than east.
    """

    description: str = ""
    west: float | None = attrs.field(default=None, validator=_within(180))
    east: float | None = attrs.field(default=None, validator=_within(180))
    south: float | None = attrs.field(default=None, validator=_within(90))
    north: float | None = attrs.field(default=None, validator=_within(90))

    def __attrs_post_init__(self) -> None:
        sides = attrs.asdict(self, filter=lambda a, _: a.name != "description")
        missing = [name for name, value in sides.items() if value is None]
        if missing and len(missing) < len(sides):
            raise InputError(f"{missing[0]} is missing: west, east, south and north are given together.")
        if self.south is not None and self.north is not None and self.south > self.north:
            raise InputError(f"south ({self.south:g}) is greater than north ({self.north:g}).")

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north, or None where no side is given."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return self.west, self.south, self.east, self.north


@attrs.frozen(kw_only=True)
class TemporalCoverage:
    """First and last day. One that is missing comes from the data."""

    start: dt.date | None = None
    end: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise InputError(f"end ({self.end}) is before start ({self.start}).")


@attrs.frozen(kw_only=True)
class TaxonCoverage:
    """A taxon that the data set covers."""

    scientific_name: str = ""
    rank: str = ""
    common_name: str = ""


@attrs.frozen(kw_only=True)
class StatedCoverage:
    """What the data set covers, as its publisher states it; each part that is missing is computed from the data."""

    geographic: GeographicCoverage | None = None
    temporal: TemporalCoverage | None = None
    taxonomic: tuple[TaxonCoverage, ...] = ()
    taxonomic_description: str = ""


@attrs.frozen(kw_only=True)
class Methods:
    """How the data were made; `steps` has one text for each step."""

    sampling_description: str = ""
    study_extent: str = ""
    quality_control: str = ""
    steps: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Award:
    """A grant that paid for a project."""

    title: str = ""
    funder_name: str = ""
    funder_identifiers: tuple[str, ...] = ()
    award_number: str = ""
    url: str = ""


@attrs.frozen(kw_only=True)
class RelatedProject:
    """A project beside the data set's own."""

    title: str = ""
    id: str = ""
    abstract: str = ""
    personnel: tuple[Agent, ...] = ()


@attrs.frozen(kw_only=True)
class Project(RelatedProject):
    """The project in which the data were made."""

    funding: str = ""
    awards: tuple[Award, ...] = ()
    study_area_description: str = ""
    design_description: str = ""
    related_projects: tuple[RelatedProject, ...] = ()


@attrs.frozen(kw_only=True)
class Maintenance:
    """How often the data set is updated: `frequency` is one of FREQUENCIES."""

    frequency: str = attrs.field(default="", validator=_is_frequency)
    description: str = ""


@attrs.frozen(kw_only=True)
class Citation:
    """A work as it is to be cited, with its identifier (a DOI, a URL); a plain text is taken as the text."""

    text: str = ""
    identifier: str = ""


@attrs.frozen(kw_only=True)
class Dataset:
    """The metadata of a data set.

    :param alternate_identifiers: further identifiers, such as a DOI.
    :param language: of these metadata; `data_language` is that of the data, the same where it is empty.
    :param license: one of LICENSES, also in another spelling.
    :param homepage: where people read about it; `distribution` are addresses where the data are downloaded.
    :param citation: how the data set is to be cited; `literature` is what it cites, `bibtex` the same as BibTeX entries.
    """

    title: str = ""
    short_name: str = ""
    alternate_identifiers: tuple[str, ...] = ()
    language: str = attrs.field(default="en", validator=_is_language)
    data_language: str = attrs.field(default="", validator=_is_language)
    abstract: str = ""
    keywords: tuple[KeywordSet, ...] = attrs.field(default=(), converter=_by_thesaurus)
    license: str = attrs.field(default="", converter=normal_license)
    rights_holder: str = ""
    creators: tuple[Agent, ...] = ()
    contacts: tuple[Agent, ...] = ()
    metadata_providers: tuple[Agent, ...] = ()
    associated_parties: tuple[Agent, ...] = ()
    publisher: Agent | None = None
    homepage: str = ""
    distribution: tuple[str, ...] = ()
    coverage: StatedCoverage | None = None
    methods: Methods | None = None
    project: Project | None = None
    purpose: str = ""
    introduction: str = ""
    getting_started: str = ""
    acknowledgements: str = ""
    additional_info: str = ""
    maintenance: Maintenance | None = None
    citation: Citation | None = None
    literature: tuple[Citation, ...] = ()
    bibtex: tuple[str, ...] = ()
    logo_url: str = ""


_FROM_TEXT: dict[type[Any], Any] = {
    Address: lambda text: {"delivery_point": text},
    Citation: lambda text: {"text": text},
    KeywordSet: lambda text: {"keywords": [text]},
}


def structure_dataset(data: Mapping[str, Any]) -> Dataset:
    """Read a data set from plain data, as exporter.toml or an API gives it: texts, numbers, days, lists, tables.

    :raises InputError: for a key that is not known and a value that does not fit; the message has its path, such as
        `dataset.creators[0].surname`, and the nearest known key.
    """
    try:
        return _converter().structure(data, Dataset)
    except Exception as error:
        raise _refusal(error, "dataset") from None


def _converter() -> Converter:
    # cattrs on its own takes any value for a text, and a text for a list of letters
    from cattrs import Converter

    converter = Converter(detailed_validation=True)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(dt.date, _day)
    converter.register_structure_hook_func(lambda t: getattr(t, "__origin__", None) is tuple, partial(_list, converter))
    converter.register_structure_hook_factory(attrs.has, partial(_table, converter))
    return converter


def _table(converter: Converter, cls: type[Any]) -> Callable[[Any, Any], Any]:
    from cattrs.gen import make_dict_structure_fn

    read = make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True)

    def structure(value: Any, _: Any) -> Any:
        if isinstance(value, str) and cls in _FROM_TEXT:
            value = _FROM_TEXT[cls](value)
        if not isinstance(value, Mapping):
            raise TypeError(f"takes a table, not {value!r}")
        return read(value, cls)

    return structure


def _list(converter: Converter, value: Any, hint: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"takes a list, not {'a table' if isinstance(value, Mapping) else repr(value)}")
    items: Any = list[get_args(hint)[0]]  # type: ignore[misc] # a type made at run time
    return tuple(converter.structure(value, items))


def _text(value: Any, _: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"takes text, not {value!r}")


def _number(value: Any, _: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"takes a number, not {value!r}")
    return float(value)


def _day(value: Any, _: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise TypeError(f"takes a day such as 2024-06-30, not {value!r}") from None


def _refusal(error: Exception, path: str) -> InputError:
    """Name the first thing that is wrong, with the path that the converter's nested errors lead along."""
    from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

    if isinstance(error, BaseValidationError):
        first = error.exceptions[0]
        return _refusal(first, path + _step(first))
    if isinstance(error, ForbiddenExtraKeysError):
        name = min(map(str, error.extra_fields))
        known = [a.name for a in attrs.fields(error.cl)]
        return InputError(f"There is no '{path}.{name}'. {did_you_mean(name, known)}".rstrip())
    if isinstance(error, InputError):  # from a class of ours: its message begins with the field's name
        return InputError(f"{path}.{error.message}", hint=error.hint)
    return InputError(f"{path} {error}.")


def _step(error: Exception) -> str:
    from cattrs.errors import AttributeValidationNote, IterableValidationNote

    for note in getattr(error, "__notes__", ()):
        if isinstance(note, IterableValidationNote):
            return f"[{note.index}]"
        if isinstance(note, AttributeValidationNote):
            return f".{note.name}"
    return ""
