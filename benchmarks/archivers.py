"""The packages that people make Darwin Core Archives with: occurrences as the core, pictures as the extension, metadata.

Each reads the same selects into pandas, as its manual shows, and writes an archive. They run in environments of their own
(`make bench-peers`), so nothing of the exporter is imported but the description of the data.

    python archivers.py dwca-writer|dwcahandler|pandas DATABASE OUTPUT
"""

from __future__ import annotations

import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from dataset import TABLES, plain_select

if TYPE_CHECKING:
    import pandas

TITLE = "Night insects of the benchmark"
ABSTRACT = "Made-up occurrences of night insects, which show how long it takes to export them."
LICENSE = (
    'This work is licensed under a <ulink url="http://creativecommons.org/licenses/by/4.0/legalcode">'
    "<citetitle>Creative Commons Attribution (CC-BY) 4.0 License</citetitle></ulink>."
)
ANA = """<individualName><givenName>Ana</givenName><surName>Reyes</surName></individualName>
      <electronicMailAddress>ana@example.org</electronicMailAddress>"""
# What whoever writes metadata by hand takes from GBIF's profile: https://rs.gbif.org/schema/eml-gbif-profile/1.3/
EML = f"""<?xml version="1.0" encoding="UTF-8"?>
<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="https://eml.ecoinformatics.org/eml-2.2.0 https://rs.gbif.org/schema/eml-gbif-profile/1.3/eml.xsd"
    packageId="benchmark" system="http://gbif.org" scope="system" xml:lang="en">
  <dataset>
    <title>{TITLE}</title>
    <creator>
      {ANA}
    </creator>
    <pubDate>2025-01-01</pubDate>
    <language>en</language>
    <abstract><para>{ABSTRACT}</para></abstract>
    <intellectualRights><para>{LICENSE}</para></intellectualRights>
    <contact>
      {ANA}
    </contact>
  </dataset>
</eml:eml>
"""


def dwca_writer(database: Path, output: Path) -> None:
    """dwca-writer: its table specifications lie in the package."""
    from dwcawriter import Archive, Table

    core, media = _frames(database)
    archive = Archive(eml_text=EML)
    archive.core = Table(spec="https://rs.gbif.org/core/dwc_occurrence_2022-02-02.xml", data=core, id_index=0)
    pictures = Table(spec="https://rs.gbif.org/extension/gbif/1.0/multimedia.xml", data=media, id_index=0)
    archive.extensions.append(pictures)
    archive.export(str(output))


def dwcahandler(database: Path, output: Path) -> None:
    """dwcahandler: its list of terms lies in the package; it needs no network to write an archive."""
    from dwcahandler import Contact, Dataset, Description, DwcaHandler, Eml, MetaElementTypes, Name
    from dwcahandler.dwca import ContentData

    core, media = _frames(database)
    ana = Contact(individual_name=Name(first_name="Ana", last_name="Reyes"), email="ana@example.org")
    texts = {"abstract": Description(ABSTRACT), "intellectual_rights": [Description(LICENSE)]}
    data_set = Dataset(dataset_name=TITLE, creator=ana, contact=ana, language="en", **texts)
    DwcaHandler.create_dwca(
        core_csv=ContentData(data=core, type=MetaElementTypes.OCCURRENCE, keys=["occurrenceID"]),
        ext_csv_list=[ContentData(data=media, type=MetaElementTypes.MULTIMEDIA)],
        eml_content=Eml(dataset=data_set),
        output_dwca=str(output),
    )


def plain_pandas(database: Path, output: Path) -> None:
    """pandas.to_csv into zipfile: the two tables, and no meta.xml, which people write by hand."""
    core, media = _frames(database)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, frame in (("occurrence.txt", core), ("multimedia.txt", media)):
            with archive.open(name, "w") as file:
                frame.to_csv(file, sep="\t", index=False)
        archive.writestr("eml.xml", EML)


def _frames(database: Path) -> tuple[pandas.DataFrame, pandas.DataFrame]:
    """Occurrences and their pictures; both begin with the occurrenceID. Simple Multimedia has no eventID."""
    import pandas

    with closing(sqlite3.connect(database)) as connection:
        core = pandas.read_sql_query(plain_select("occurrence"), connection)
        media = pandas.read_sql_query(plain_select("media"), connection)
    terms = [c.term for c in TABLES["media"][2] if c.term not in ("occurrenceID", "eventID")]
    return core, media[["occurrenceID", *terms]]


if __name__ == "__main__":
    ways = {"dwca-writer": dwca_writer, "dwcahandler": dwcahandler, "pandas": plain_pandas}
    ways[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
