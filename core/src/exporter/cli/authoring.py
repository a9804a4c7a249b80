"""`exporter map` and `exporter new-format`: first drafts of what people write themselves."""

from __future__ import annotations

from pathlib import Path

import click

from exporter.records import FAMILIES


@click.command("map", help="Look at a database and write a commented exporter.toml to start from.")
@click.argument("url")
@click.option("--family", required=True, help=f"What kind of data it holds: {', '.join(FAMILIES[:-1])} or {FAMILIES[-1]}.")
@click.option("--name", default=None, help="The source's name; by default after the database.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), default=None, help="The file to write; by default it is printed."
)
def map_command(url: str, family: str, name: str | None, output: Path | None) -> None:
    """Print or write the draft."""
    from exporter.errors import InputError
    from exporter.mapping import draft

    found = draft(url, family, name=name)
    if output is not None and output.exists():
        raise InputError(f"{output} exists.", hint="Give another --output; a mapping is not replaced.")
    for record, why in found.missing.items():
        click.echo(f"No table was found for {record}: {why}.", err=True)
    if output is None:
        click.echo(found.text, nl=False)
        return
    output.write_text(found.text, encoding="utf-8")
    click.echo(
        f"Wrote {output}. Fill the lines marked '# needed', then: exporter preview --format {found.preview}", err=True
    )


@click.command("new-format", help="Write a plugin for a format of your own: a folder that installs and passes its own test.")
@click.argument("name")
@click.option("--output", "-o", type=click.Path(path_type=Path), default=None, help="The folder; by default exporter-NAME.")
@click.option(
    "--family",
    type=click.Choice(FAMILIES),
    default=FAMILIES[0],
    show_default=True,
    help="What it writes: for vision it is a format of annotated images.",
)
def new_format_command(name: str, output: Path | None, family: str) -> None:
    """Write the folder."""
    from exporter.scaffold import KINDS, new_format

    folder = new_format(name, output, family)
    steps = f"  pip install -e '{folder}[test]'\n  pytest {folder}\n  exporter run --format {name} --source {KINDS[family].sample}"
    click.echo(f"Wrote {folder}. Now:\n{steps}")
