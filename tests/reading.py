"""The packages that people read exported files with, in an environment of their own: `make test` makes it in build/readers."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .databases import missing

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / "build" / "readers" / "bin" / "python"


def read(script: str, *words: str | Path) -> Any:
    """What a script of tests/readers prints, which is JSON."""
    if not PYTHON.exists():
        missing("there is no build/readers; `make build/readers/.installed` makes it")
    command = [str(PYTHON), str(ROOT / "tests" / "readers" / script), *map(str, words)]
    alone = {"HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "NO_ALBUMENTATIONS_UPDATE": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | alone)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
