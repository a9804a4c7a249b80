"""`exporter formats`, `sources` and `records`: metadata only; no database is opened, no heavy module imported."""

from __future__ import annotations

from typing import Any

import attrs
import click

from exporter.registry import FORMATS, SAMPLES, SOURCES, Installed, installed


@click.command("formats", help="List the formats, or show one with its options.")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with a name, the JSON Schema of its options, too.")
def formats_command(name: str | None, as_json: bool) -> None:
    """List or show formats."""
    if name is not None:
        _show_format(name, as_json)
        return
    found = [_format(f) for f in installed(FORMATS)]
    if as_json:
        click.echo(_json(found))
        return
    for each in found:
        if each["error"]:
            click.echo(f"{each['name']:<16} broken: {each['error']} ({each['distribution']} {each['version']})")
            continue
        aliases = f"; also {', '.join(each['aliases'])}" if each["aliases"] else ""
        click.echo(f"{each['name']:<16} {each['title']} (.{each['extension']}, {each['family'] or 'any family'}{aliases})")
    if not found:
        click.echo("No format is installed. Try: pip install exporter-dwca exporter-tabular exporter-sample")
    for words in _first_steps(found)[:1]:
        click.echo(f"\nTry: exporter {words}")


def _first_steps(found: list[dict[str, Any]]) -> list[str]:
    """Commands to begin with, one for each format that a sample serves: formats of one family before those of any, trials last."""
    any_family = next(iter(SAMPLES))
    return [
        f"run --format {each['name']} --source {SAMPLES[each['family'] or any_family]}"
        for family in (*SAMPLES, None)
        for each in sorted(found, key=lambda each: "experimental" in str(each["title"]))
        if each["family"] == family and not each["error"]
    ]


def _json(data: Any) -> str:
    import json

    return json.dumps(data, indent=2)


def _format(found: Installed) -> dict[str, Any]:
    plugin = found.plugin
    described = {k: getattr(plugin, k, None) for k in ("title", "family", "extension", "media_type", "packaging")}
    return {
        "name": found.name,
        **described,
        "modes": list(getattr(plugin, "modes", ())),
        "aliases": list(getattr(plugin, "aliases", ())),
        "distribution": found.distribution,
        "version": found.version,
        "error": found.error,
    }


def _show_format(name: str, as_json: bool) -> None:
    from exporter.options import fields, json_schema
    from exporter.registry import find_format

    format, given = find_format(name)
    listed = next(_format(f) for f in installed(FORMATS) if f.name == format.name)
    if as_json:
        click.echo(_json({**listed, "preset": dict(given), "options": json_schema(format.Options)}))
        return
    click.echo(f"{format.name}: {format.title}")
    click.echo(f"  reads      {format.family or 'any family'}")
    click.echo(f"  writes     .{format.extension} ({format.media_type})")
    click.echo(f"  from       {listed['distribution']} {listed['version']}")
    for alias, options in format.aliases.items():
        preset = f" ({', '.join(f'{k}={v}' for k, v in options.items())})" if options else ""
        click.echo(f"  alias      {alias}{preset}")
    for spec in fields(format.Options).values():
        default = (
            "required" if spec.default is attrs.NOTHING else "" if spec.default in (None, ()) else f"default {spec.default}"
        )
        click.echo(f"  --{spec.flag} {spec.type_name}  {default}".rstrip())
        click.echo(f"      {spec.info.help}")


@click.command("sources", help="List the sources: those in exporter.toml, and those that plugins bring.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def sources_command(as_json: bool) -> None:
    """List sources."""
    from exporter.configfile import configured, find_config

    config = find_config()
    own = configured(config) if config is not None else {}
    rows = [{"name": n, "family": f, "origin": str(config), "error": ""} for n, f in own.items()]
    rows += [
        {"name": f.name, "family": "", "origin": f"{f.distribution} {f.version}", "error": f.error}
        for f in installed(SOURCES)
    ]
    if as_json:
        click.echo(_json(rows))
        return
    for row in rows:
        click.echo(
            f"{row['name']:<16} {'broken: ' + row['error'] + ' ' if row['error'] else ''}{row['family']} ({row['origin']})"
        )
    if not rows:
        click.echo("There is no source. Write one with `exporter map URL --family biodiversity` (or vision).")


@click.command("records", help="List the families; or the records of one with their fields and terms.")
@click.argument("family", required=False)
@click.option("--all", "every", is_flag=True, help="Also the further terms of the vocabulary.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def records_command(family: str | None, every: bool, as_json: bool) -> None:
    """List records."""
    from exporter.records import FAMILIES
    from exporter.records import family as family_named

    if family is None:
        names = {name: family_named(name).title for name in FAMILIES}
        click.echo(_json(names) if as_json else "\n".join(f"{n:<16} {t}" for n, t in names.items()))
        return
    records = family_named(family).records
    if as_json:
        click.echo(_json({n: [_field(f) for f in r.fields.values()] for n, r in records.items()}))
        return
    for name, record in records.items():
        click.echo(f"{name}: {record.help}")
        shown = list(record.fields.values())[: None if every else record.declared]
        for field in shown:
            click.echo(
                f"  {field.name:<36} {field.type.__name__:<9} {field.spelling if field.term else '-':<32} {field.help}".rstrip()
            )
        if len(record.fields) > len(shown):
            click.echo(f"  ... and {len(record.fields) - len(shown)} further terms (--all)")


def _field(field: Any) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type.__name__,
        "term": field.term,
        "help": field.help,
        "decimals": field.decimals,
    }
