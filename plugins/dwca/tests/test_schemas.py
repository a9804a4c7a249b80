"""Our schemas of eml.xml and meta.xml, held against the public ones: on documents of ours and of others, and on broken ones."""

from __future__ import annotations

import datetime as dt
import random
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from exporter.records.biodiversity.dataset import Dataset, structure_dataset
from exporter_dwca import xmldocs
from exporter_dwca.documents import Coverage, render_eml

from .schemas import EML, META, problems
from .test_checks import EML as SMALL
from .test_checks import META as META_XML
from .test_checks import PLAIN, samples
from .test_documents import FULL, eml

OURS = {EML: "eml-gbif-1.3.rng", META: "dwc-text.rng"}
VALUES = [
    "",
    " ",
    "x",
    "2024",
    "2024-06-01",
    "2024-06-01T10:00:00",
    " 12.5 ",
    "-1",
    "1e5",
    "system",
    "document",
    "daily",
    "yes",
    "true",
    "en",
    "http://a.b/c d",
]

# A document with every element of the profile that ours do not write.
RARE = """
<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0" xmlns:dc="http://purl.org/dc/terms/" packageId="a" scope="system"
 system="b"><dataset><alternateIdentifier>a</alternateIdentifier><shortName>b</shortName><title xml:lang="en">c</title>
<creator id="x" system="y" scope="document"><positionName>d</positionName><userId directory="d">1</userId></creator>
<pubDate>2024</pubDate><abstract xml:lang="en">mixed<section><title>a</title><para>text <value>v</value>
<emphasis>e<value>f</value></emphasis><itemizedlist><listitem><para>a</para><orderedlist><listitem><para/></listitem>
</orderedlist></listitem></itemizedlist><subscript>a<superscript>b</superscript></subscript>
<literalLayout>l</literalLayout><ulink url="u">t<citetitle>c</citetitle></ulink></para><section><para/></section>
</section></abstract><keywordSet><keyword>k</keyword><keywordThesaurus>t</keywordThesaurus></keywordSet><additionalInfo>
<para>i</para></additionalInfo><intellectualRights><para>a<ulink url="u">b<citetitle>c</citetitle></ulink></para>
</intellectualRights><licensed><licenseName>l</licenseName><url>http://a.b</url><identifier>i</identifier></licensed>
<distribution scope="document"><online><url function="download">http://a.b</url></online></distribution><coverage>
<geographicCoverage><geographicDescription>g</geographicDescription><boundingCoordinates>
<westBoundingCoordinate>1</westBoundingCoordinate><eastBoundingCoordinate>2.5</eastBoundingCoordinate>
<northBoundingCoordinate>3</northBoundingCoordinate><southBoundingCoordinate>-4</southBoundingCoordinate>
</boundingCoordinates></geographicCoverage><temporalCoverage><singleDateTime><calendarDate>2024</calendarDate>
</singleDateTime></temporalCoverage><temporalCoverage><rangeOfDates><beginDate><calendarDate>2024-01-01</calendarDate>
</beginDate><endDate><calendarDate>2024</calendarDate></endDate></rangeOfDates></temporalCoverage><taxonomicCoverage>
<generalTaxonomicCoverage>t</generalTaxonomicCoverage><taxonomicClassification><taxonRankName>r</taxonRankName>
<taxonRankValue>v</taxonRankValue><commonName>c</commonName></taxonomicClassification></taxonomicCoverage></coverage>
<purpose><para/></purpose><introduction/><gettingStarted>x</gettingStarted><acknowledgements/><maintenance>
<description>a<para>b</para></description><maintenanceUpdateFrequency>daily</maintenanceUpdateFrequency><changeHistory>
<changeScope>a</changeScope><oldValue>b</oldValue><changeDate>2024-01-01</changeDate><comment>c</comment>
</changeHistory></maintenance><contact><individualName><salutation>s</salutation><givenName>g</givenName>
<surName>s</surName></individualName><organizationName>o</organizationName><address><deliveryPoint>p</deliveryPoint>
<city>c</city><administrativeArea>a</administrativeArea><postalCode>p</postalCode><country>c</country></address><phone/>
<electronicMailAddress>e</electronicMailAddress><onlineUrl>http://a.b</onlineUrl></contact><publisher>
<organizationName>o</organizationName></publisher><methods><methodStep><description/></methodStep><sampling>
<studyExtent><description/></studyExtent><samplingDescription><para/></samplingDescription></sampling><qualityControl>
<description/></qualityControl></methods><project id="p"><title>t</title><personnel><positionName>p</positionName>
<role>r</role></personnel><abstract><para/></abstract><funding><para/></funding><award><funderName>f</funderName>
<funderIdentifier>i</funderIdentifier><awardNumber>1</awardNumber><title>t</title><awardUrl>u</awardUrl></award>
<studyAreaDescription><descriptor name="generic" citableClassificationSystem="false"><descriptorValue/></descriptor>
</studyAreaDescription><designDescription><description/></designDescription><relatedProject id="q"><title>t</title>
<personnel><organizationName>o</organizationName><role/></personnel><abstract/></relatedProject></project>
<literatureCited><bibtex/></literatureCited></dataset><additionalMetadata><metadata><gbif>
<dateStamp>2024-06-01T10:00:00Z</dateStamp><hierarchyLevel>d</hierarchyLevel><citation identifier="i">c</citation>
<bibliography><citation>c</citation></bibliography><physical><objectName>o</objectName>
<characterEncoding>UTF-8</characterEncoding><dataFormat><textFormat><numHeaderLines>1</numHeaderLines>
<recordDelimiter>n</recordDelimiter><maxRecordLength>9</maxRecordLength>
<attributeOrientation>column</attributeOrientation><simpleDelimited><fieldDelimiter>t</fieldDelimiter>
<collapseDelimiters>no</collapseDelimiters><quoteCharacter>q</quoteCharacter></simpleDelimited></textFormat>
</dataFormat><distribution><online><url function="d">u</url></online></distribution></physical><physical>
<objectName>o</objectName><dataFormat><textFormat><attributeOrientation>row</attributeOrientation><complex><textFixed>
<fieldWidth>3</fieldWidth><fieldStartColumn>-1</fieldStartColumn></textFixed><textDelimited>
<fieldDelimiter>t</fieldDelimiter><lineNumber>1</lineNumber></textDelimited></complex></textFormat></dataFormat>
<distribution><online><url function="d">u</url></online></distribution></physical><physical><objectName>o</objectName>
<dataFormat><externallyDefinedFormat><formatName>f</formatName><formatVersion>1</formatVersion>
</externallyDefinedFormat></dataFormat><distribution><online><url function="d">u</url></online></distribution>
</physical><resourceLogoUrl>http://a.b/c</resourceLogoUrl><collection>
<parentCollectionIdentifier>p</parentCollectionIdentifier><collectionIdentifier>c</collectionIdentifier>
<collectionName>n</collectionName></collection><formationPeriod>f</formationPeriod>
<specimenPreservationMethod>s</specimenPreservationMethod><livingTimePeriod>l</livingTimePeriod><jgtiCuratorialUnit>
<jgtiUnitType>t</jgtiUnitType><jgtiUnits uncertaintyMeasure="1">2</jgtiUnits></jgtiCuratorialUnit><jgtiCuratorialUnit>
<jgtiUnitType>t</jgtiUnitType><jgtiUnitRange><beginRange>1</beginRange><endRange>2</endRange></jgtiUnitRange>
</jgtiCuratorialUnit><dc:replaces>r</dc:replaces></gbif></metadata></additionalMetadata></eml:eml>"""


def ours(root: Any, schema: str) -> list[str]:
    return xmldocs.problems(root, OURS[schema])


def agree(root: Any, schema: str) -> bool:
    """Whether both schemas say the same; the verdict."""
    content = etree.tostring(root)
    mine, theirs = ours(etree.fromstring(content), schema), problems(content, schema)
    assert bool(mine) == bool(theirs), f"ours: {mine}\npublic: {theirs}\n{content.decode()[:4000]}"
    return not mine


def broken(root: Any, random: random.Random) -> Iterator[Any]:
    """The document with one thing changed: an element removed, doubled, renamed, swapped, filled; an attribute changed."""
    for place in range(len(list(root.iter("*")))):
        for change in (remove, double, rename, swap, refill, adorn, strip):
            copy = deepcopy(root)
            element = list(copy.iter("*"))[place]
            if change(element, random):
                yield copy


def remove(element: Any, random: random.Random) -> bool:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
    return parent is not None


def double(element: Any, random: random.Random) -> bool:
    if element.getparent() is not None:
        element.addnext(deepcopy(element))
    return element.getparent() is not None


def rename(element: Any, random: random.Random) -> bool:
    others = [e.tag for e in element.getroottree().iter("*")]
    element.tag = random.choice([*others, "nonsense", "{http://example.org/}title"])
    return True


def swap(element: Any, random: random.Random) -> bool:
    after = element.getnext()
    if after is not None:
        after.addnext(element)
    return after is not None


def refill(element: Any, random: random.Random) -> bool:
    element.text = random.choice(VALUES)
    return True


def adorn(element: Any, random: random.Random) -> bool:
    name = random.choice(
        ["id", "scope", "index", "term", "url", "function", "{http://www.w3.org/XML/1998/namespace}lang", *element.attrib]
    )
    element.set(name, random.choice(VALUES))
    return True


def strip(element: Any, random: random.Random) -> bool:
    if element.attrib:
        del element.attrib[random.choice(list(element.attrib))]
        return True
    return False


DOCUMENTS = {
    "ours, full": (eml(structure_dataset(FULL)), EML),
    "ours, empty": (eml(Dataset()), EML),
    "small": (SMALL.encode(), EML),
    "rare elements": (RARE.encode(), EML),
    "meta.xml": (META_XML.format(**PLAIN).encode(), META),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_good_documents_are_good(name: str) -> None:
    content, schema = DOCUMENTS[name]
    assert agree(etree.fromstring(content), schema), ours(etree.fromstring(content), schema)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_schemas_say_the_same_of_changed_documents(name: str) -> None:
    content, schema = DOCUMENTS[name]
    verdicts = [agree(root, schema) for root in broken(etree.fromstring(content), random.Random(name))]
    assert {True, False} == set(verdicts)
    assert len(verdicts) > 40


@pytest.mark.parametrize("path", samples() or [None], ids=lambda p: p.stem if p else "none")
def test_both_say_the_same_of_the_documents_of_others(path: Path | None) -> None:
    if path is None:
        pytest.skip("the sample archives are missing")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and "__MACOSX" not in name:
                try:
                    root = etree.fromstring(archive.read(name))
                except etree.XMLSyntaxError:
                    continue
                agree(root, META if name.endswith("meta.xml") else EML)


def test_problems_name_the_line_and_the_element() -> None:
    day = dt.date(2024, 7, 1)
    document = render_eml(
        Dataset(title="Moths of a meadow"), package_id="a", pub_date=day, date_stamp=dt.datetime(2024, 7, 1), coverage=Coverage(),
        dataset_type="occurrence", include_emails=False,
    )  # fmt: skip
    lines = document.decode().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "<pubDate>" in line)
    without = "\n".join(line for line in lines if "<pubDate>" not in line)
    (problem, *_) = ours(etree.fromstring(without.encode()), EML)
    assert (
        problem == f"line {number}: Did not expect element {'language' if 'language' in lines[number] else 'abstract'} there"
    )
    wrong = document.decode().replace("<pubDate>2024-07-01<", "<pubDate>July<")
    (problem, *_) = ours(etree.fromstring(wrong.encode()), EML)
    assert problem.startswith(f"line {number}: ")
