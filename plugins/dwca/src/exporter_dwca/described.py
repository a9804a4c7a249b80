"""datapackage.json as it is read back: what it says of each resource, and what is wrong with it; of any package, not only ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from exporter.containers import Archive, safe_name
from exporter.report import Finding
from exporter_dwca import known
from exporter_dwca.flags.of_archives import found
from exporter_dwca.scan import Column, Layout, known_encoding

NAME = "datapackage.json"
_TABLE = "tabular-data-resource"
_WANTED = ("name", "title", "description", "type", "dcterms:isVersionOf")
_MOST_TOLD = 5  # problems in one message
_ROW_TYPES = {  # what a row of an archive would be that holds the same terms
    "event": known.EVENT,
    "survey": "http://rs.tdwg.org/eco/terms/Event",
    "occurrence": known.OCCURRENCE,
    "identification": f"{known.DWC}Identification",
    "media": "http://rs.tdwg.org/ac/terms/Multimedia",
    "event-assertion": "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact",
    "occurrence-assertion": "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact",
    "resource-relationship": f"{known.DWC}ResourceRelationship",
}


@attrs.frozen
class Resource:
    """A table of the package.

    :param fields: the fields of its schema, in order.
    :param primary: the field that identifies a row, or empty; a key of several fields is not looked at.
    :param references: for each field that refers to another row, the resource and the field that it refers to.
    :param size: bytes, or None where it does not say; :param digest: SHA-256 in hexadecimal digits, or empty.
    """

    name: str
    path: str
    layout: Layout
    fields: tuple[Mapping[str, Any], ...]
    primary: str
    references: Mapping[str, tuple[str, str]]
    size: int | None
    digest: str

    @property
    def names(self) -> list[str]:
        """The names of the fields."""
        return [str(f["name"]) for f in self.fields]


@attrs.define
class Described:
    """What datapackage.json says."""

    profile: str = ""
    resources: list[Resource] = attrs.field(factory=list)
    problems: list[str] = attrs.field(factory=list)

    @property
    def is_dwc_dp(self) -> bool:
        """Whether it names a profile of dwc-dp."""
        return "dwc-dp" in self.profile

    def findings(self) -> Iterator[Finding]:
        """The finding on datapackage.json, where there is one."""
        if self.problems:
            told = [_line(problem) for problem in self.problems[:_MOST_TOLD]]
            yield found("DATAPACKAGE_INVALID", "; ".join(told), count=len(self.problems), examples=told, part=NAME)


def described(archive: Archive) -> Described:
    """What the package's datapackage.json says, with what is wrong with it."""
    told = Described()
    try:
        content = json.loads(archive.read(NAME))
    except (ValueError, RecursionError) as error:
        told.problems.append(f"it is no JSON: {error}")
        return told
    if not isinstance(content, dict):
        told.problems.append("it is no JSON object")
        return told
    told.profile = str(content.get("profile") or "")
    if not told.is_dwc_dp:
        told.problems.append("profile is no address of a dwc-dp profile")
    listed = content.get("resources")
    if not isinstance(listed, list) or not listed:
        told.problems.append("it names no resources")
        return told
    for number, each in enumerate(listed, 1):
        resource = _resource(each, f"resource {number}", told.problems)
        if resource is not None:
            told.resources.append(resource)
    _compare(told)
    return told


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:200])


def _resource(told: Any, place: str, problems: list[str]) -> Resource | None:
    """A table; None for a resource of another kind, or one that cannot be read."""
    if not isinstance(told, dict) or not isinstance(name := told.get("name"), str):
        problems.append(f"{place} has no name")
        return None
    place = f"resource {name}"
    path = told.get("path")
    if not isinstance(path, str) or not safe_name(path):
        problems.append(f"{place} has no path inside the package")
        return None
    if told.get("profile") != _TABLE:
        if name in _ROW_TYPES:
            problems.append(f"{place} has not the profile {_TABLE}")
        return None
    schema = told.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list) or not fields or not all(isinstance(f, dict) and "name" in f for f in fields):
        problems.append(f"{place} has no schema with fields that have names")
        return None
    for field in fields:
        if lacking := [word for word in _WANTED if not field.get(word)]:
            problems.append(f"{place}: field {field['name']} lacks {', '.join(lacking)}")
    return _readable(told, name, safe_name(path), schema, fields, problems)


def _readable(
    told: Mapping[str, Any], name: str, path: str, schema: Any, fields: list[Any], problems: list[str]
) -> Resource | None:
    dialect = told.get("dialect")
    dialect = dialect if isinstance(dialect, dict) else {}
    encoding = str(told.get("encoding") or "utf-8")
    delimiter, quote = (str(dialect.get(k, d)) for k, d in (("delimiter", ","), ("quoteChar", '"')))
    if not known_encoding(encoding) or len(delimiter) != 1 or len(quote) > 1:
        problems.append(f"resource {name}: no reader takes its encoding or dialect")
        return None
    columns = tuple(Column(str(f.get("dcterms:isVersionOf", "")), at) for at, f in enumerate(fields))
    quote = quote if quote.isprintable() else ""  # a control character stands for none
    header = 1 if dialect.get("header", True) else 0
    layout = Layout(_ROW_TYPES.get(name, ""), (path,), delimiter, "\n", quote, encoding, header, None, len(fields), columns)
    primary = schema.get("primaryKey") or ""
    primary = primary[0] if isinstance(primary, list) and len(primary) == 1 else primary
    digest = str(told.get("hash") or "")
    return Resource(
        name,
        path,
        layout,
        tuple(fields),
        primary if isinstance(primary, str) else "",
        dict(_references(schema, name)),
        told["bytes"] if isinstance(told.get("bytes"), int) else None,
        digest.removeprefix("sha256:").lower() if digest.startswith("sha256:") else "",
    )


def _references(schema: Mapping[str, Any], name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    listed = schema.get("foreignKeys")
    for each in listed if isinstance(listed, list) else ():
        to = each.get("reference") if isinstance(each, dict) else None
        ends = (_single(each.get("fields")), _single(to.get("fields"))) if isinstance(to, dict) else ("", "")
        if all(ends) and isinstance(to, dict):
            yield ends[0], (str(to.get("resource") or name), ends[1])


def _single(fields: Any) -> str:
    """The one field of a key; empty for a key of several."""
    one = fields[0] if isinstance(fields, list) and len(fields) == 1 else fields
    return one if isinstance(one, str) else ""


def _compare(told: Described) -> None:
    """Whether names are told once, and keys name what is there."""
    by_name = {resource.name: resource for resource in told.resources}
    if len(by_name) < len(told.resources):
        told.problems.append("two resources have the same name")
        told.resources = list(by_name.values())
    for resource in told.resources:
        if len(set(resource.names)) < len(resource.names):
            told.problems.append(f"resource {resource.name}: two fields have the same name")
        if resource.primary and resource.primary not in resource.names:
            told.problems.append(f"resource {resource.name}: its primary key {resource.primary} is no field")
        for field, (other, key) in resource.references.items():
            if field not in resource.names or other not in by_name or key not in by_name[other].names:
                told.problems.append(
                    f"resource {resource.name}: {field} refers to {other}.{key}, and one of them is not there"
                )
