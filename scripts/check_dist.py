"""Try every wheel in dist/ as a stranger would: alone in a clean environment, from the root folder, far from the sources."""
# ruff: noqa: S603, T201 - running commands and printing what came of it is what this script is for

import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent

# Inside the clean environment: the package and everything that it announces can be imported, so no dependency was forgotten.
LOAD = """
import importlib, importlib.metadata, sys
package, distribution = sys.argv[1:]
importlib.import_module(package)
for entry_point in importlib.metadata.distribution(distribution).entry_points:
    entry_point.load()
"""

# The functions of exporter-native are in the connections that the exporter opens.
SERVED = """
import pathlib, tempfile
from exporter import native
from exporter.database import sqlite_file, sqlite_module
path = pathlib.Path(tempfile.mkdtemp(), "a.db")
path.touch()
with sqlite_file(sqlite_module(), path).connect() as connection:
    assert native.served(connection), "exporter-native was not loaded"
"""


@dataclass(frozen=True)
class Wheel:
    """One distribution: its folder in the tree and the wheel that was built of it."""

    folder: Path
    name: str
    path: Path

    @property
    def sources(self) -> Path:
        """Where the packages lie; what is below it must be in the wheel."""
        return self.folder / "src"

    @property
    def package(self) -> str:
        """The name to import."""
        return next(self.sources.glob("*/py.typed")).parent.name

    def formats(self) -> list[str]:
        """Names of the formats that the wheel announces."""
        (distribution,) = distributions(path=[str(self.path)])
        return [entry_point.name for entry_point in distribution.entry_points.select(group="exporter.formats")]


def main() -> None:
    """Stop with a message at the first wheel that fails."""
    folders = [ROOT / "core", *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
    wheels = [find_wheel(folder) for folder in folders]
    native = find_wheel(ROOT / "native")
    for wheel in (*wheels, native):
        check_contents(wheel)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        constraints = write_constraints(scratch, [*wheels, native])
        for wheel in wheels:
            check_alone(wheel, scratch / wheel.name, constraints)
            print(f"{wheel.path.name}: complete, and works alone")
        check_together(wheels, native, scratch / "together", constraints)
    print(f"all {len(wheels)} wheels together: the sample was exported and checked, and again with {native.path.name}")


def find_wheel(folder: Path) -> Wheel:
    """Return the one wheel in dist/ that was built of this folder."""
    name = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"]
    found = sorted((ROOT / "dist").glob(f"{name.replace('-', '_')}-*.whl"))
    if len(found) != 1:
        sys.exit(f"{folder}: expected one wheel of {name} in dist, found {[path.name for path in found]}")
    return Wheel(folder, name, found[0])


def check_contents(wheel: Wheel) -> None:
    """Every file under src is inside: modules, py.typed, templates, data."""
    folder = wheel.sources / wheel.package
    expected = {path.relative_to(wheel.sources).as_posix() for path in folder.rglob("*") if path.is_file()}
    with ZipFile(wheel.path) as archive:
        missing = sorted(name for name in expected - set(archive.namelist()) if "__pycache__" not in name)
    if missing:
        sys.exit(f"{wheel.path.name} lacks {', '.join(missing)}")


def write_constraints(scratch: Path, wheels: list[Wheel]) -> Path:
    """Ours come from dist/ whoever asks for them; a package of the same name elsewhere is never taken."""
    path = scratch / "ours.txt"
    path.write_text("".join(f"{wheel.name} @ {wheel.path.as_uri()}\n" for wheel in wheels))
    return path


def check_alone(wheel: Wheel, folder: Path, constraints: Path) -> None:
    """Installed with nothing but what it asks for, the wheel loads, and the command knows its formats."""
    bin_folder = install(folder, constraints, wheel.name)
    if not (bin_folder / "exporter").exists():
        sys.exit(f"{wheel.path.name} does not ask for exporter-core")
    run(bin_folder / "python", "-c", LOAD, wheel.package, wheel.name)
    listing = run(bin_folder / "exporter", "formats")
    for name in wheel.formats():
        if name not in listing:
            sys.exit(f"{wheel.path.name}: exporter formats does not list {name}:\n{listing}")
        run(bin_folder / "exporter", "formats", name)


def check_together(wheels: list[Wheel], native: Wheel, folder: Path, constraints: Path) -> None:
    """With all of them in one environment, what make demo does works: without the compiled functions, and with them."""
    core, *plugins = wheels
    fast_core = f"{core.name}[fast] @ {core.path.as_uri()}"  # pip finds no extra through a constraint
    bin_folder = install(folder, constraints, fast_core, *(wheel.name for wheel in plugins))
    export_sample(bin_folder)
    pip_install(bin_folder, constraints, native.name)
    run(bin_folder / "python", "-c", SERVED)
    export_sample(bin_folder)


def export_sample(bin_folder: Path) -> None:
    """Write the archive that make demo writes, and check it."""
    archive = bin_folder.parent / "insects.zip"
    run(bin_folder / "exporter", "run", "--format", "dwca", "--source", "sample:insects", "--output", archive, "--force")
    run(bin_folder / "exporter", "check", archive)


def install(folder: Path, constraints: Path, *requirements: str) -> Path:
    """Make an environment with these requirements and return its folder of commands."""
    venv.create(folder, symlinks=True)
    pip_install(folder / "bin", constraints, *requirements)
    return folder / "bin"


def pip_install(bin_folder: Path, constraints: Path, *requirements: str) -> None:
    """Install requirements into the environment with this folder of commands."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", bin_folder / "python")
    run(*pip, "install", "-qq", "--no-compile", "-c", ROOT / "constraints.txt", "-c", constraints, *requirements)


def run(*command: str | Path) -> str:
    """Run a command from the root folder; return what it printed, or stop with it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
