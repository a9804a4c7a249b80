"""What a draft of a biodiversity database says."""

from __future__ import annotations

from exporter.mapping.known import Texts

NO_EVENTS = (
    "No table was found that holds the events. Without them an archive is built around occurrences: "
    "exporter run --core occurrence"
)
TEXTS = Texts(
    preview="dwca",
    media="the folder in which relative names of media are found",
    nothing="""\
# No table was found that holds events or occurrences. Tables there are: {tables}.
# Describe what there is by hand, for instance:
#
# [sources.{name}.records.occurrence]
# table = "..."
# [sources.{name}.records.occurrence.columns]
# occurrence_id = "..."
# scientific_name = "..."
""",
    document="""\
# --- what eml.xml says of the data set

[sources.{name}.dataset]
title = ""  # needed: at least 10 characters
abstract = ""  # needed: what the data are, at least 25 characters
license = ""  # needed: CC0-1.0, CC-BY-4.0 or CC-BY-NC-4.0
# keywords = ["camera trap", "mammals"]
# rights_holder = ""

[[sources.{name}.dataset.creators]]
given_name = ""  # needed
surname = ""  # needed; for an organization write organization = "..." in place of both names
# orcid = "0000-0002-1825-0097"
# email = ""  # of contacts; it is published only with --include-emails

# Contacts and metadata_providers are the creators unless they are named:
# [[sources.{name}.dataset.contacts]]
# [[sources.{name}.dataset.metadata_providers]]
""",
)
