"""One export of a conformance class in a process of its own: `python -m exporter.testing.process FILE CLASS OUTPUT`."""

from __future__ import annotations

import sys
from functools import reduce
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any


def main(file: str, name: str, output: str) -> str:
    """The digest of what the class called `name` in a test module exports."""
    spec = spec_from_file_location("exporter_conformance", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    cls: Any = reduce(getattr, name.split("."), module)
    digest: str = cls().export(Path(output)).report.sha256
    return digest


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]))
