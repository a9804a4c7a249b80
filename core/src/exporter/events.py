"""What `exporter_notify` tells."""

from __future__ import annotations

from typing import Literal

import attrs

Stage = Literal["rules", "query", "package", "check", "figure", "store", "done", "failed"]


@attrs.frozen
class Event:
    """A step of a run.

    :param stage: the stage that begins; `done` and `failed` end a run.
    :param message: for `failed`: why.
    """

    stage: Stage
    message: str = ""
