"""The files of a Darwin Core Data Package, and datapackage.json, which describes them (https://dwc.tdwg.org/dp/, section 3).

The resources are tab-separated lines without quotes, as the data files of an archive are. The guide wants CSV by RFC 4180, or a
dialect: its quote is a control character, which no cell holds, so that any reader takes cells as they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from exporter.context import ExportContext
from exporter.parts import Part, Receipt
from exporter.records.biodiversity.dataset import Agent, Dataset
from exporter.tables import Table
from exporter_dwca.archive import coverage_of, data, eml, package_id
from exporter_dwca.described import NAME
from exporter_dwca.documents import LICENSE_TEXTS, UNSTATED, UNTITLED, Coverage, cleaned, stated_or_found
from exporter_dwca.resources import PackageField, fields_of, resource_of

PROFILE = "http://rs.tdwg.org/dwc-dp/1.0/dwc-dp-profile.json"
_DIALECT = {"delimiter": "\t", "lineTerminator": "\n", "quoteChar": "\x01"}
_KINDS = {"integer": int, "number": float}


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """The parts of the package. What is told of places, days and taxa is looked up while the events are written."""
    with ctx.beside() as ask:
        asked = ask(partial(coverage_of, tables=tables))
        yield data(ctx, tables[0])
        coverage = asked.result()
    yield Part("eml.xml", [eml(ctx, coverage)], rows=0)
    for table in tables[1:]:
        yield data(ctx, table)
    described = descriptor(ctx, tables, coverage, {receipt.name: receipt for receipt in ctx.receipts})
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    yield Part(NAME, [text.encode()], rows=0)


def descriptor(
    ctx: ExportContext, tables: Sequence[Table], coverage: Coverage, receipts: Mapping[str, Receipt]
) -> dict[str, Any]:
    """What datapackage.json says, by version 1 of the Data Package specification (https://specs.frictionlessdata.io/).

    :param receipts: of the resources, by the names of their files.
    """
    dataset = cleaned(ctx.document("dataset"), include_emails=ctx.options.include_emails)
    resources = [_resource(table, receipts[table.name]) for table in tables]
    return {
        "profile": PROFILE,
        "id": f"urn:uuid:{package_id(ctx)}",
        "name": _slug(ctx.source.name, ctx.project or ""),
        **_about(dataset),
        "created": ctx.clock().isoformat(timespec="seconds").replace("+00:00", "Z"),
        **_covered(dataset, coverage),
        "resources": resources,
    }


def _slug(*words: str) -> str:
    """A name of lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-") or "dataset"


def _about(dataset: Dataset) -> dict[str, Any]:
    """Title, description, licence, people and keywords; each where it is known."""
    license = LICENSE_TEXTS.get(dataset.license)
    told: dict[str, Any] = {
        "title": dataset.title or dataset.short_name or UNTITLED,
        "description": dataset.abstract or dataset.introduction or dataset.purpose or UNSTATED,
        "homepage": dataset.homepage if dataset.homepage.startswith(("http://", "https://")) else "",
        "keywords": list(dict.fromkeys(word for group in dataset.keywords for word in group.keywords)),
        "contributors": list(_contributors(dataset)),
        "licenses": license and [{"name": license.identifier, "title": license.title, "path": license.legal_code}],
    }
    return {name: what for name, what in told.items() if what}


def _contributors(dataset: Dataset) -> Iterator[dict[str, str]]:
    """Creators, publisher and contacts, in the roles that the specification recommends."""
    publisher = (dataset.publisher,) if dataset.publisher else ()
    roles = {"author": dataset.creators, "publisher": publisher, "maintainer": dataset.contacts}
    for role, agents in roles.items():
        for agent in agents:
            yield _contributor(agent, role)


def _contributor(agent: Agent, role: str) -> dict[str, str]:
    person = " ".join(filter(None, (agent.given_name, agent.surname)))
    told = {
        "title": person or agent.organization or agent.position,
        "path": f"https://orcid.org/{agent.orcid}" if agent.orcid else "",
        "email": agent.email,
        "role": role,
        "organization": agent.organization if person else "",
    }
    return {name: text for name, text in told.items() if text}


def _covered(dataset: Dataset, found: Coverage) -> dict[str, Any]:
    """Where, when and what, under the names that Camtrap DP gave them (https://camtrap-dp.tdwg.org/metadata/)."""
    told = stated_or_found(dataset, found)
    covered: dict[str, Any] = {}
    if told["box"]:
        covered["spatial"] = _spatial(*told["box"])
    if told["first_day"]:
        covered["temporal"] = {"start": told["first_day"], "end": told["last_day"]}
    if told["taxa"]:
        ranked = [{"scientificName": taxon.scientific_name, "taxonRank": taxon.rank} for taxon in told["taxa"]]
        covered["taxonomic"] = [{name: text for name, text in taxon.items() if text} for taxon in ranked]
    return covered


def _spatial(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A box as GeoJSON (RFC 7946, 3.1.9 and 5.2): in two parts where it goes across the meridian of 180 degrees."""
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    rings = [[[[w, south], [e, south], [e, north], [w, north], [w, south]]] for w, e in spans]
    shape = (
        {"type": "MultiPolygon", "coordinates": rings} if len(rings) > 1 else {"type": "Polygon", "coordinates": rings[0]}
    )
    return {**shape, "bbox": [west, south, east, north]}


def _resource(table: Table, receipt: Receipt) -> dict[str, Any]:
    name = resource_of(table)
    return {
        "name": name,
        "path": table.name,
        "profile": "tabular-data-resource",
        "format": "tsv",
        "mediatype": "text/csv",  # the guide takes no other
        "encoding": "utf-8",
        "bytes": receipt.bytes,
        "hash": f"sha256:{receipt.sha256}",
        "dialect": _DIALECT,
        "schema": _schema(name, table),
    }


def _schema(resource: str, table: Table) -> dict[str, Any]:
    fields = [fields_of(resource)[name] for name in table.columns]
    keys = [field.name for field in fields if field.key == "primary"]
    references = [_reference(resource, field) for field in fields if "." in field.key]
    return {
        "fields": [_field(field, table.columns[field.name].help) for field in fields],
        **({"primaryKey": keys[0]} if keys else {}),
        **({"foreignKeys": references} if references else {}),
    }


def _field(field: PackageField, help: str) -> dict[str, Any]:
    title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", field.name)
    title = title.replace("_pk", " (Primary Key)").replace("_fk", " (Foreign Key)")
    bounds = zip(("minimum", "maximum"), field.bounds, strict=True)
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    constraints |= {"unique": True} if field.key == "primary" else {}
    constraints |= {name: _KINDS[field.type](bound) for name, bound in bounds if bound}
    return {
        "name": field.name,
        "title": title[0].upper() + title[1:],
        "description": f"{help}." if help else f"As {field.term} defines it.",
        "type": field.type,
        "format": "default",
        "dcterms:isVersionOf": field.term,
        **({"constraints": constraints} if constraints else {}),
    }


def _reference(resource: str, field: PackageField) -> dict[str, Any]:
    """A foreign key; a resource that refers to itself names none."""
    name, _, key = field.key.partition(".")
    return {"fields": field.name, "reference": {"resource": "" if name == resource else name, "fields": key}}
