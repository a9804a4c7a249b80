"""What formats of takeoffs keep: the kit with values for the options that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from exporter.takeoff.options import CostOptions
from exporter.testing.conformance import FormatConformance


class TakeoffConformance(FormatConformance):
    """For a `TakeoffFormat`: the options of `TakeoffOptions` and `CostOptions` have their values here, for the rows of the kit.

    One measurement of five is verified, half of the conditions have none, and all have costs.

        class TestEstimate(TakeoffConformance):
            format = "estimate"
    """

    bytes_per_row = 800  # a fourth of the rows here are conditions, a fourth pages, a fourth projects, which are kept
    option_values: ClassVar[Mapping[str, Any]] = {
        "include_unverified": False,
        "hide_empty": True,
        "include_costs": False,
    }

    def _all(self, name: str) -> dict[str, Any]:
        """What is said of options: of costs only where the format has them."""
        found = super()._all(name)
        if not issubclass(self._format().Options, CostOptions):
            return {option: said for option, said in found.items() if option != "include_costs" or self._says(name)}
        return found

    def _says(self, name: str) -> bool:
        """Whether a class of the author's says it of costs."""
        kit = TakeoffConformance.__mro__
        return any("include_costs" in vars(cls).get(name, {}) for cls in type(self).__mro__ if cls not in kit)
