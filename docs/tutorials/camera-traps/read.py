"""Print what is in a Darwin Core Archive, and one of its events: python read.py FILE EVENT"""

import sys

from dwca.read import DwCAReader

DWC = "http://rs.tdwg.org/dwc/terms/"
SHOWN = {
    DWC + "Occurrence": DWC + "scientificName",
    "http://rs.gbif.org/terms/1.0/Multimedia": "http://purl.org/dc/terms/identifier",
}

with DwCAReader(sys.argv[1]) as archive:
    for file in (archive.core_file, *archive.extension_files):
        print(f"{file.file_descriptor.file_location:<31}{sum(1 for _ in file):>4}")
    event = archive.get_corerow_by_id(sys.argv[2])
    for term in ("eventType", "parentEventID", "eventDate", "eventTime", "locality", "decimalLatitude", "decimalLongitude"):
        print(f"{term:<18}{event.data[DWC + term]}")
    for row in event.extensions[:3]:
        print(f"{row.rowtype.rsplit('/', 1)[-1]:<18}{row.data[DWC + 'occurrenceID']}  {row.data[SHOWN[row.rowtype]]}")
