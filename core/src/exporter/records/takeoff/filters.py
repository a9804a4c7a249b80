"""What people filter takeoffs by. The SQL of each filter stands in `conditions.py`."""

from __future__ import annotations

import attrs

from exporter.options import option


@attrs.frozen
class Filters:
    """Filters on conditions narrow the measurements, too; conditions without measurements that are left stay, with quantity 0."""

    conditions: tuple[str, ...] = option(default=(), help="Only these conditions, by id or name")
    scopes: tuple[str, ...] = option(
        default=(), help="Only conditions of these scopes; here and below the case of A to Z counts"
    )
    categories: tuple[str, ...] = option(default=(), help="Only conditions of these categories")
    buildings: tuple[str, ...] = option(default=(), help="Only conditions of these buildings")
    areas: tuple[str, ...] = option(default=(), help="Only conditions of these areas")
    elevations: tuple[str, ...] = option(default=(), help="Only conditions of these levels or elevations")
    pages: tuple[str, ...] = option(default=(), help="Only measurements on these pages, by id or page number")
    sheets: tuple[str, ...] = option(default=(), help="Only measurements on these sheets, by sheet number")
    verified: bool | None = option(
        default=None, help="true: only measurements that a person has verified; false: only the others"
    )
    ai_generated: bool | None = option(default=None, help="true: only measurements that a model drew; false: none of those")
    zero_quantities: bool = option(default=True, help="false: no measurements whose quantity is 0 or missing")
