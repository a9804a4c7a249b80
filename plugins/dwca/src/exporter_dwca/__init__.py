"""Format `dwca`: Darwin Core Archives for GBIF, with templates for meta.xml and eml.xml."""
