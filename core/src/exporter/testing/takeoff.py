"""What formats of takeoffs keep: the kit with values for the options that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from exporter.testing.conformance import FormatConformance


class TakeoffConformance(FormatConformance):
    """For a `TakeoffFormat`: the options of `TakeoffOptions` have their values here, for the rows of the kit.

    One measurement of five is verified, half of the conditions have none, and all have costs.

        class TestEstimate(TakeoffConformance):
            format = "estimate"
    """

    bytes_per_row = 800  # a fourth of the rows here are conditions, a fourth pages, a fourth projects, which are kept
    option_values: ClassVar[Mapping[str, Any]] = {"include_unverified": False, "hide_empty": True}
