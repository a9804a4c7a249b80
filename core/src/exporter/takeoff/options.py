"""Options that the formats of takeoffs have in common."""

from __future__ import annotations

import attrs

from exporter.options import option


@attrs.frozen
class TakeoffOptions:
    """Which measurements and conditions are written."""

    include_unverified: bool = option(
        default=True, help="Write measurements that nobody has verified; the filter `verified` narrows further"
    )
    hide_empty: bool = option(default=False, help="Leave out conditions without any measurement that is written")


@attrs.frozen
class CostOptions(TakeoffOptions):
    """The same, and costs."""

    include_costs: bool = option(default=True, help="Write costs, where the source has unit costs of conditions")
