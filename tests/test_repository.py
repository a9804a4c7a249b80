"""What the repository as a whole keeps: every folder complete, versions in step, nothing bound to one machine."""

import os
import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [
    ROOT / "core",
    ROOT / "native",
    *sorted(path for path in ROOT.glob("plugins/*") if path.is_dir() and any(path.rglob("*.py"))),
]
by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)

# The addresses of package indexes, and absolute paths that exist on somebody's machine only.
MACHINE_BOUND = re.compile(r"pypi\.org/simple|index-url|find-links|trusted-host|(?<![\w.~/-])/(?:root|work|home|Users)/")
LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json"}


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def project(folder: Path) -> dict[str, Any]:
    metadata: dict[str, Any] = toml(folder / "pyproject.toml")["project"]
    return metadata


def packages(folder: Path) -> list[str]:
    return [path.parent.name for path in folder.glob("src/*/__init__.py")]


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_is_bound_to_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if MACHINE_BOUND.search(line)
    ]
    assert not found


def test_no_lock_file() -> None:
    # Lock files name the index that they were made with; constraints.txt does not.
    assert not [path for path in tracked_files() if path.name in LOCK_FILES]


@by_folder
def test_folder_is_complete(folder: Path) -> None:
    assert (folder / "pyproject.toml").is_file()
    assert (folder / "README.md").is_file()
    assert len(packages(folder)) == 1
    assert (folder / "src" / packages(folder)[0] / "py.typed").is_file()


@by_folder
def test_distributions_agree(folder: Path) -> None:
    core, ours = project(ROOT / "core"), project(folder)
    assert ours["version"] == core["version"]
    assert ours["license"] == "Apache-2.0"
    assert ours["requires-python"] == core["requires-python"]
    assert f"## [{ours['version']}]" in (ROOT / "CHANGELOG.md").read_text()


@by_folder
def test_every_dependency_is_pinned(folder: Path) -> None:
    constraints = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in constraints if "==" in line}
    ours = {canonicalize_name(project(other)["name"]) for other in FOLDERS}
    metadata = project(folder)
    wanted = [*metadata.get("dependencies", []), *chain(*metadata.get("optional-dependencies", {}).values())]
    assert {canonicalize_name(Requirement(text).name) for text in wanted} <= pinned | ours


@by_folder
def test_layers_name_every_package(folder: Path) -> None:
    linter = toml(ROOT / "pyproject.toml")["tool"]["importlinter"]
    (package,) = packages(folder)
    assert package in linter["root_packages"]
    if folder.parent.name == "plugins":
        contracts = {contract["name"]: contract for contract in linter["contracts"]}
        assert package in contracts["Core imports no plugin"]["forbidden_modules"]
        assert package in contracts["No plugin imports another"]["modules"]


def test_constraints_are_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert not [line for line in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[\w.!+]+", line)]


def test_license_and_scripts() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert os.access(ROOT / "scripts/start_servers", os.X_OK)
