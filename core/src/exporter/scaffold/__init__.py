"""`exporter new-format`: a plugin folder with a format that works, to change into one's own."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import attrs

from exporter.errors import InputError, unknown
from exporter.records import FAMILIES
from exporter.registry import FORMATS, installed

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILES = {
    "pyproject.toml": "pyproject.toml.j2",
    "README.md": "README.md.j2",
    "src/{package}/__init__.py": "{folder}format.py.j2",
    "tests/test_conformance.py": "{folder}test_conformance.py.j2",
}


@attrs.frozen
class Kind:
    """What differs from family to family.

    :param sample: a source to try the format on; :param folder: where its templates are.
    :param core: what the plugin needs of ours; :param kit: and what its tests need.
    """

    sample: str
    folder: str
    core: str
    kit: str


KINDS = {
    "biodiversity": Kind("sample:insects", "", "exporter-core", "exporter-core[test]"),
    "vision": Kind("sample:street", "vision/", "exporter-core[vision]", "exporter-core[figures,test]"),
    "takeoff": Kind("sample:house", "takeoff/", "exporter-core", "exporter-core[test]"),
}


def new_format(name: str, output: Path | None = None, family: str = FAMILIES[0]) -> Path:
    """Write a plugin with one format, which installs and passes its test as it is.

    :param name: the format's name; the distribution becomes `exporter-NAME`.
    :param output: the folder to make; by default named after the distribution, in the working folder.
    :param family: of the rows that it is tried on; it decides what the format begins as.
    :returns: the folder.
    :raises InputError: when the name cannot be used or is taken, the folder exists, or there is no such family.
    """
    if family not in KINDS:
        raise unknown("family", family, KINDS)
    _refuse_bad(name)
    _refuse_taken(name)
    folder = output if output is not None else Path(f"exporter-{name}")
    if folder.exists():
        raise InputError(f"{folder} exists.", hint="Give another --output; nothing is replaced.")
    for path, content in render(name, family).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return folder


def render(name: str, family: str = FAMILIES[0]) -> dict[str, str]:
    """The files of the plugin by their path."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    kind = KINDS[family]
    class_name = "".join(map(str.capitalize, name.split("-")))
    words = {"name": name, "package": _package(name), "class_name": class_name, **attrs.asdict(kind)}
    # what is rendered is Python and TOML, made from a checked name: nothing to escape
    templates = Environment(  # noqa: S701
        loader=PackageLoader("exporter.scaffold"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return {
        path.format(**words): templates.get_template(file.format(**words)).render(words) for path, file in _FILES.items()
    }


def _package(name: str) -> str:
    return f"exporter_{name.replace('-', '_')}"


def _refuse_bad(name: str) -> None:
    if _NAME.fullmatch(name):
        return
    better = (
        re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).lstrip("-0123456789").rstrip("-")
    )
    raise InputError(
        f"A format cannot be called '{name}': names are small letters, digits and single hyphens, a letter first.",
        hint=f"For instance: exporter new-format {better or 'my-format'}",
    )


def _refuse_taken(name: str) -> None:
    for found in installed(FORMATS):
        if name == found.name or name in getattr(found.plugin, "aliases", ()):
            raise InputError(
                f"The name '{name}' is taken by {found.distribution} {found.version}.",
                hint=f"Choose another, for instance my-{name}; `exporter formats` lists what is installed.",
            )
    try:
        taken = f"exporter-{name} {version(f'exporter-{name}')}"
    except PackageNotFoundError:
        if find_spec(_package(name)) is None:
            return
        taken = f"the package {_package(name)}"
    raise InputError(
        f"The distribution exporter-{name} would clash with {taken}, which is installed.", hint="Choose another name."
    )
