"""What a draft of a takeoff application's database says."""

from __future__ import annotations

from exporter.mapping.known import Texts

NO_PAGES = "No table was found that holds the pages. Measurements are written without their sheets."
TEXTS = Texts(
    preview="excel",
    media="the folder in which files of pages are found",
    nothing="""\
# No table was found that holds measurements of conditions. Tables there are: {tables}.
# Describe what there is by hand, for instance:
#
# [sources.{name}.records.condition]
# table = "..."
# [sources.{name}.records.condition.columns]
# condition_id = "..."
# name = "..."
# unit = "..."
#
# [sources.{name}.records.measurement]
# table = "..."
# [sources.{name}.records.measurement.columns]
# measurement_id = "..."
# condition_id = "..."
# quantity = "..."
""",
)
