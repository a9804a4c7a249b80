"""The public XML schemas, for tests only: they lie beside the repository and are compiled with no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "schemas"
META = "dwc-text/tdwg_dwc_text.xsd"
EML = "eml-gbif-profile/1.3/eml.xsd"
PLAIN_EML = "eml-2.2.0/eml.xsd"

_XML = ("http://rs.gbif.org/schema/xml.xsd", "http://www.w3.org/2001/xml.xsd")
_TERMS = "https://raw.githubusercontent.com/tdwg/dwc/master/docs/xml/tdwg_dwcterms.xsd"
_NO_TERMS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://rs.tdwg.org/dwc/terms/"/>'


class _Offline(etree.Resolver):
    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        answer: Any = self  # the stubs know neither the context nor resolve_filename
        if system_url in _XML:
            return answer.resolve_filename(str(FOLDER / "xml.xsd"), context)
        if system_url == _TERMS:
            return answer.resolve_string(_NO_TERMS, context)
        if "://" in system_url and not system_url.startswith("file:"):
            raise ValueError(f"a schema asks for {system_url}")
        return None


@cache
def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(str(FOLDER / name), parser))


def problems(document: bytes, name: str) -> list[str]:
    """What the schema finds wrong with a document; the test is skipped where the schemas are missing."""
    if not (FOLDER / name).exists():
        pytest.skip(f"there is no {name} in {FOLDER}")
    schema = _schema(name)
    schema.validate(etree.fromstring(document))
    log: Any = schema.error_log
    return [f"{error.line}: {error.message}" for error in log]
