from __future__ import annotations

import datetime as dt
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from lxml import etree

from exporter.errors import InputError
from exporter.records.biodiversity.dataset import (
    Agent,
    Citation,
    Dataset,
    GeographicCoverage,
    Methods,
    Project,
    StatedCoverage,
    TaxonCoverage,
    TemporalCoverage,
    structure_dataset,
)  # fmt: skip
from exporter_dwca.documents import Coverage, DataField, DataFile, render_eml, render_meta, xml_text

from .schemas import EML, META, PLAIN_EML, problems

DWC = "http://rs.tdwg.org/dwc/terms/"
HOSTILE = "<b>&amp; \"q\" 'a' ]]> \x00\x0b\x1b\ud800\ufffe {{ 7*7 }} %x 🦋 \u202eשלום عربى"
COMPUTED = Coverage(
    box=(-79.85, 9.15, -79.84, 9.16),
    first_day=dt.date(2022, 1, 3),
    last_day=dt.date(2024, 6, 30),
    taxa=(TaxonCoverage(scientific_name="Lepidoptera", rank="order"), TaxonCoverage(scientific_name="Urania fulgens")),
)


def eml(dataset: Dataset, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "package_id": "6a948a1c-7e23-4d99-b1c1-ec578d0d3159/v1.0",
        "pub_date": dt.date(2025, 3, 9),
        "date_stamp": dt.datetime(2025, 3, 9, 8, 7, 6, 543210, tzinfo=dt.UTC),
        "coverage": COMPUTED,
        "dataset_type": "samplingEvent",
        "include_emails": True,
    }
    return render_eml(dataset, **arguments | changes)


def check(document: bytes) -> etree._Element:
    """The parsed document, once both schemas, and the rules that they do not hold, find nothing wrong with it."""
    assert problems(document, EML) == []
    assert problems(document, PLAIN_EML) == []
    root = etree.fromstring(document)
    for element in root.iter():
        assert isinstance(element.tag, str), "a comment or an instruction"
        assert len(element) or (element.text or "").strip(), f"{element.tag} is empty"
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    return [found.text or "" for found in root.findall(path)]


def agent(name: str, **more: Any) -> dict[str, Any]:
    return {
        "organization": f"{name} Museum", "salutation": "Dr", "given_name": "Ana", "surname": f"{name} Reyes",
        "position": "Curator", "email": f"{name.lower()}@example.org", "phone": "+507 1234", "url": "https://example.org/a",
        "orcid": "https://orcid.org/0000-0002-1825-0097", **more,
        "address": {"delivery_point": "Road 1", "city": "Gamboa", "administrative_area": "Colón", "postal_code": "0843",
                    "country": "PA"},
    }  # fmt: skip


FULL: dict[str, Any] = {
    "title": "Moths at light in Panama, 2022 to 2024",
    "short_name": "moths-panama",
    "alternate_identifiers": ["https://doi.org/10.15468/abc", "moths-1"],
    "language": "en",
    "data_language": "es",
    "abstract": "Moths came to light.\n\nCameras saw them,\nand wrote it down.",
    "keywords": ["moths", "light trap", {"thesaurus": "AGROVOC", "keywords": ["Lepidoptera"]}],
    "license": "CC BY-NC 4.0",
    "rights_holder": "Museum of Moths",
    "creators": [agent("One"), agent("Two")],
    "contacts": [agent("Three")],
    "metadata_providers": [agent("Four")],
    "associated_parties": [agent("Five", role="custodianSteward")],
    "publisher": agent("Six"),
    "homepage": "https://example.org/moths",
    "distribution": ["https://example.org/moths.zip"],
    "coverage": {
        "geographic": {"description": "Barro Colorado", "west": -80, "east": -79.5, "south": 9, "north": 9.25},
        "temporal": {"start": "2022-01-01", "end": "2024-12-31"},
        "taxonomic": [{"scientific_name": "Geometridae", "rank": "family", "common_name": "Loopers"}],
        "taxonomic_description": "All that flies at night.",
    },
    "methods": {
        "sampling_description": "A lamp and a sheet.\n\nEvery night.",
        "study_extent": "One island.",
        "quality_control": "Experts looked.",
        "steps": ["Set up.", "Look.\n\nAgain."],
    },
    "project": {
        "title": "Night life", "id": "BID-2022", "abstract": "We look at moths.", "funding": "Paid by a fund.",
        "personnel": [agent("Seven", role="principalInvestigator")],
        "awards": [{"title": "Grant", "funder_name": "Fund", "funder_identifiers": ["https://ror.org/1"],
                    "award_number": "7", "url": "https://example.org/7"}],
        "study_area_description": "Forest.", "design_description": "By chance.",
        "related_projects": [{"title": "Day life", "id": "D1", "abstract": "Bees.",
                              "personnel": [agent("Eight", role="user")]}],
    },
    "purpose": "To know.", "introduction": "Long ago.", "getting_started": "Open it.", "acknowledgements": "Thanks.",
    "additional_info": "More.",
    "maintenance": {"frequency": "asNeeded", "description": "Each year."},
    "citation": {"text": "Reyes (2025) Moths.", "identifier": "https://doi.org/10.15468/abc"},
    "literature": ["Linnaeus (1758)", {"text": "Fabricius (1775)", "identifier": "https://example.org/f"}],
    "bibtex": ["@book{a, title={B}}"],
    "logo_url": "https://example.org/logo.png",
}  # fmt: skip


def changed(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """A copy of plain data with another value at a path, or without it where the value is None."""
    if not path:
        return new
    copy = dict(value)
    copy[path[0]] = changed(value.get(path[0]), path[1:], new)
    return {k: v for k, v in copy.items() if v is not None}


def paths(value: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, inner in value.items():
        found.append((*above, name))
        if isinstance(inner, dict):
            found += paths(inner, (*above, name))
    return found


SIDES = {"west", "east", "south", "north"}
PATHS = [path for path in paths(FULL) if path[-1] not in SIDES]


def test_nothing_given_is_valid_and_visibly_empty() -> None:
    root = check(eml(Dataset(), coverage=Coverage()))
    assert texts(root, "dataset/title") == ["Untitled"]
    assert len(texts(root, "dataset/abstract/para")[0]) < 25  # GBIF still finds that it is missing
    for who in ("creator", "metadataProvider", "contact"):
        assert texts(root, f"dataset/{who}/positionName") == ["unknown"]
    assert root.find("dataset/coverage") is None
    assert root.find("dataset/licensed") is None


def test_a_dataset_of_blanks_is_as_nothing() -> None:
    blank = {"title": " \x00\n", "creators": [{"surname": "\x01"}], "literature": [" "], "abstract": "\t"}
    assert eml(structure_dataset(blank)) == eml(Dataset())


def test_everything_given_is_written_in_the_profiles_order() -> None:
    root = check(eml(structure_dataset(FULL)))
    order = list(dict.fromkeys(str(child.tag) for child in root[0]))
    assert order == [
        "alternateIdentifier", "shortName", "title", "creator", "metadataProvider", "associatedParty", "pubDate", "language",
        "abstract", "keywordSet", "additionalInfo", "intellectualRights", "licensed", "distribution", "coverage", "purpose",
        "introduction", "gettingStarted", "acknowledgements", "maintenance", "contact", "publisher", "methods", "project",
        "literatureCited",
    ]  # fmt: skip


def test_every_text_of_the_full_dataset_reaches_the_document() -> None:
    def leaves(value: Any) -> list[str]:
        if isinstance(value, dict | list):
            return [leaf for inner in (value.values() if isinstance(value, dict) else value) for leaf in leaves(inner)]
        return [value] if isinstance(value, str) else []

    document = " ".join(eml(structure_dataset(FULL)).decode().split())
    for leaf in leaves(FULL):
        for paragraph in leaf.replace("CC BY-NC 4.0", "CC-BY-NC-4.0").removeprefix("https://orcid.org/").split("\n\n"):
            assert " ".join(paragraph.split()) in document


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_valid_without_any_one_part(path: tuple[str, ...]) -> None:
    check(eml(structure_dataset(changed(FULL, path, None))))
    check(eml(structure_dataset(changed(FULL, path, None)), coverage=Coverage(), include_emails=False))


@pytest.mark.parametrize("path", [path for path in PATHS if len(path) == 1], ids=".".join)
def test_valid_with_one_part_alone(path: tuple[str, ...]) -> None:
    check(eml(structure_dataset({path[0]: FULL[path[0]]}), coverage=Coverage(), include_emails=False))


@pytest.mark.parametrize("seed", range(60))
def test_valid_with_any_parts(seed: int) -> None:
    pick = random.Random(seed)

    def thin(value: Any) -> Any:
        if isinstance(value, list):
            return [thin(item) for item in value if pick.random() < 0.6]
        if isinstance(value, dict):
            sides = {} if pick.random() < 0.5 else {k: v for k, v in value.items() if k in SIDES}
            return sides | {k: thin(v) for k, v in value.items() if k not in SIDES and pick.random() < 0.6}
        return value

    check(
        eml(structure_dataset(thin(FULL)), coverage=pick.choice([COMPUTED, Coverage()]), include_emails=pick.random() < 0.5)
    )


def hostile(value: Any, name: str = "") -> Any:
    if isinstance(value, list):
        return [hostile(item, name) for item in value]
    if isinstance(value, dict):
        return {k: hostile(v, k) for k, v in value.items()}
    fixed = name in {"language", "data_language", "license", "orcid", "frequency", "start", "end"}
    return value + HOSTILE if isinstance(value, str) and not fixed else value


def test_hostile_text_everywhere_is_text() -> None:
    document = eml(structure_dataset(hostile(FULL)), package_id=HOSTILE, dataset_type=HOSTILE)
    root = check(document)
    clean = "<b>&amp; \"q\" 'a' ]]> {{ 7*7 }} %x 🦋 \u202eשלום عربى"
    assert texts(root, "dataset/title") == [FULL["title"] + clean]
    assert texts(root, "dataset/creator/individualName/surName")[0] == "One Reyes" + clean
    assert root.get("packageId") == clean
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", document.decode())


@pytest.mark.parametrize(
    "url",
    [
        "http://[bad",
        "http://a b/c?d=<e>",
        "//x:y",
        ":",
        "a:b:c",
        "http://h:port/",
        "x#y#z",
        "100%",
        "http://[::1]/",
        "é:ü",
        "\\\\h\\s",
    ],
)
def test_addresses_are_valid_whatever_they_are(url: str) -> None:
    who = Agent(surname="A", url=url)
    root = check(eml(Dataset(creators=(who,), homepage=url, distribution=(url,), logo_url=url)))
    assert texts(root, "dataset/creator/onlineUrl") == texts(root, "dataset/distribution/online/url")[:1]


@pytest.mark.parametrize("url", ["https://example.org:8080/a%20b?c=d&e=[f]#g", "http://example.org/é", "www.example.org"])
def test_good_addresses_stay(url: str) -> None:
    root = check(eml(Dataset(homepage=url)))
    assert texts(root, "dataset/distribution/online/url") == [url.replace("[", "%5B").replace("]", "%5D")]


def test_xml_text_removes_only_what_xml_refuses() -> None:
    every = "".join(map(chr, range(0x110000)))
    kept = xml_text(every)
    removed = set(every) - set(kept)
    assert {*map(chr, range(0x20)), "\ufffe", "\uffff", *map(chr, range(0xD800, 0xE000))} - set("\t\n\r") == removed
    assert etree.fromstring(f"<a>{kept[3:].replace('&', '').replace('<', '')}</a>".encode()).text


def test_root_is_as_gbif_reads_it() -> None:
    document = eml(Dataset(language="pt-BR")).decode()
    assert re.match(r'<\?xml version="1\.0" encoding="UTF-8"\?>\n<eml:eml ', document)
    schemas = re.findall(r'xsi:schemaLocation="([^"]*)"', document)
    assert [place.split(" ") for place in schemas] == [
        ["https://eml.ecoinformatics.org/eml-2.2.0", "https://rs.gbif.org/schema/eml-gbif-profile/1.3/eml.xsd"]
    ]
    root = etree.fromstring(document.encode())
    assert (root.get("scope"), root.get("system")) == ("system", "http://gbif.org")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "pt-BR"
    assert "<!--" not in document


def test_the_same_arguments_give_the_same_pretty_bytes() -> None:
    document = eml(structure_dataset(FULL))
    assert document == eml(structure_dataset(FULL))
    assert document.endswith(b"</eml:eml>\n")
    pretty = etree.fromstring(document, etree.XMLParser(remove_blank_text=True))
    etree.indent(pretty, "  ")
    ours = document.decode().replace("&#39;", "'").split("  <dataset>")[1]
    theirs = etree.tostring(pretty, encoding="unicode").split("  <dataset>")[1]
    mixed = re.compile(r"\s*(</?(ulink|citetitle)[^>]*>)\s*")  # indent() reaches into mixed content, we do not
    assert mixed.sub(r"\1", ours).rstrip() == mixed.sub(r"\1", theirs)


def test_dates_are_the_arguments() -> None:
    root = check(eml(Dataset(), pub_date=dt.datetime(2020, 2, 3, 4, 5), date_stamp=dt.datetime(2020, 2, 3, 4, 5)))
    assert texts(root, "dataset/pubDate") == ["2020-02-03"]
    assert texts(root, "additionalMetadata/metadata/gbif/dateStamp") == ["2020-02-03T04:05:00"]
    old = dt.timezone(dt.timedelta(hours=-5, minutes=-18, seconds=-8))
    root = check(eml(Dataset(), date_stamp=dt.datetime(2020, 2, 3, 4, 5, tzinfo=old)))
    assert texts(root, "additionalMetadata/metadata/gbif/dateStamp") == ["2020-02-03T09:23:08Z"]


@pytest.mark.parametrize(
    ("license", "name", "legal"),
    [
        ("CC0-1.0", "Creative Commons Zero v1.0 Universal", "publicdomain/zero/1.0"),
        ("CC-BY-4.0", "Creative Commons Attribution 4.0 International", "licenses/by/4.0"),
        ("CC-BY-NC-4.0", "Creative Commons Attribution Non Commercial 4.0 International", "licenses/by-nc/4.0"),
    ],
)
def test_a_license_is_written_twice(license: str, name: str, legal: str) -> None:
    root = check(eml(Dataset(license=license, rights_holder="M & N")))
    assert [child.text for child in root.iterfind("dataset/licensed/*")] == [
        name, f"https://spdx.org/licenses/{license}.html", license,
    ]  # fmt: skip
    (para,) = root.findall("dataset/intellectualRights/para")
    (link,) = para.findall("ulink")
    assert link.get("url") == f"http://creativecommons.org/{legal}/legalcode"
    assert link.findtext("citetitle")
    assert "".join(map(str, para.itertext())).endswith("Rights holder: M & N")


def test_rights_holder_without_license() -> None:
    root = check(eml(Dataset(rights_holder="M")))
    assert texts(root, "dataset/intellectualRights/para") == ["Rights holder: M"]
    assert root.find("dataset/licensed") is None


def test_emails_are_shown_only_when_asked_for() -> None:
    dataset = structure_dataset(FULL)
    assert texts(check(eml(dataset)), "dataset/creator/electronicMailAddress") == ["one@example.org", "two@example.org"]
    document = eml(dataset, include_emails=False)
    check(document)
    assert b"@example.org" not in document
    assert b"electronicMailAddress" not in document


def test_emails_in_place_of_a_name_are_hidden_too() -> None:
    leaking = Agent(surname="jane@example.org", organization="Museum", url="mailto:jane@example.org", email="jane AT x")
    nobody = Agent(surname="joe@example.org", email="joe@example.org")
    flickr = Agent(surname="Flick", url="https://www.flickr.com/photos/1234@N00/")
    dataset = Dataset(creators=(nobody, leaking, flickr), associated_parties=(attrs.evolve(nobody, role="user"),))
    document = eml(dataset, include_emails=False)
    root = check(document)
    assert b"example.org" not in document
    assert b"jane" not in document
    assert texts(root, "dataset/creator/organizationName") == ["Museum"]
    assert texts(root, "dataset/creator/onlineUrl") == ["https://www.flickr.com/photos/1234@N00/"]
    assert texts(root, "dataset/associatedParty/positionName") == ["unknown"]


def test_orcid_is_a_bare_user_id() -> None:
    root = check(eml(Dataset(creators=(Agent(surname="A", orcid="https://orcid.org/0000-0002-1694-233X"),))))
    (user,) = root.findall("dataset/creator/userId")
    assert (user.get("directory"), user.text) == ("https://orcid.org/", "0000-0002-1694-233X")


@pytest.mark.parametrize("given", ["creators", "contacts", "metadata_providers", "publisher"])
def test_who_is_missing_is_taken_from_who_there_is(given: str) -> None:
    who = {"surname": "Reyes"}
    root = check(eml(structure_dataset({given: who if given == "publisher" else [who]})))
    for name in ("creator", "contact", "metadataProvider"):
        assert texts(root, f"dataset/{name}/individualName/surName") == ["Reyes"]


def test_agents_need_a_surname_a_name_or_a_position() -> None:
    agents = (Agent(given_name="Plato"), Agent(phone="1"), Agent(position="Curator"))
    root = check(eml(Dataset(creators=agents)))
    assert texts(root, "dataset/creator/individualName/surName") == ["Plato"]
    assert texts(root, "dataset/creator/positionName") == ["unknown", "Curator"]


def test_title_and_abstract_fall_back() -> None:
    root = check(eml(Dataset(short_name="moths", purpose="To know.")))
    assert (texts(root, "dataset/title"), texts(root, "dataset/abstract/para")) == (["moths"], ["To know."])


def test_keywords_end_with_the_type_of_the_dataset() -> None:
    root = check(eml(structure_dataset(FULL), dataset_type="occurrence"))
    sets = [(texts(s, "keyword"), s.findtext("keywordThesaurus")) for s in root.findall("dataset/keywordSet")]
    assert sets == [
        (["moths", "light trap"], "N/A"),
        (["Lepidoptera"], "AGROVOC"),
        (["occurrence"], "GBIF Dataset Type Vocabulary"),
    ]


def test_paragraphs_are_parted_by_blank_lines() -> None:
    root = check(eml(Dataset(abstract="\n One\nline. \r\n \t\r\n\nTwo. \n\n\n\nThree\u00a0x.\n")))
    assert texts(root, "dataset/abstract/para") == ["One line.", "Two.", "Three\u00a0x."]


def box(root: etree._Element) -> list[str]:
    return [child.text or "" for child in root.iterfind("dataset/coverage/geographicCoverage/boundingCoordinates/*")]


def test_coverage_is_computed_where_it_is_not_stated() -> None:
    root = check(eml(Dataset()))
    assert box(root) == ["-79.85", "-79.84", "9.16", "9.15"]  # west, east, north, south
    assert len(texts(root, "dataset/coverage/geographicCoverage/geographicDescription")[0]) > 10
    assert texts(root, ".//beginDate/calendarDate") + texts(root, ".//endDate/calendarDate") == ["2022-01-03", "2024-06-30"]
    assert texts(root, ".//taxonRankValue") == ["Lepidoptera", "Urania fulgens"]


def test_stated_coverage_goes_first_part_by_part() -> None:
    stated = StatedCoverage(geographic=GeographicCoverage(description="Panama"), taxonomic_description="Moths")
    root = check(eml(Dataset(coverage=stated)))
    assert texts(root, ".//geographicDescription") == ["Panama"]
    assert box(root) == ["-79.85", "-79.84", "9.16", "9.15"]
    assert texts(root, ".//generalTaxonomicCoverage") == ["Moths"]
    root = check(eml(structure_dataset(FULL)))
    assert box(root) == ["-80", "-79.5", "9.25", "9"]
    assert texts(root, ".//taxonRankValue") == ["Geometridae"]


def test_descriptions_that_the_profile_has_no_room_for_are_not_lost() -> None:
    stated = StatedCoverage(geographic=GeographicCoverage(description="Panama."), taxonomic_description="Moths.")
    root = check(eml(Dataset(coverage=stated, additional_info="More."), coverage=Coverage()))
    assert texts(root, "dataset/additionalInfo/para") == ["More. Geographic coverage: Panama. Taxonomic coverage: Moths."]


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "expected"),
    [
        (None, None, 3, 3, ["single", 3]),
        (None, None, 3, None, ["single", 3]),
        (None, None, None, None, []),
        (None, None, 3, 5, [3, 5]),
        (1, None, 3, 5, [1, 5]),
        (None, 9, 3, 5, [3, 9]),
        (1, 9, None, None, [1, 9]),
        (7, None, 3, 5, ["single", 7]),
        (None, 2, 3, 5, ["single", 2]),
        (None, 2, None, None, ["single", 2]),
        (4, 4, 3, 5, ["single", 4]),
    ],
)
def test_days(start: int | None, end: int | None, first: int | None, last: int | None, expected: list[Any]) -> None:
    def day(number: int | None) -> dt.date | None:
        return dt.date(2024, 6, number) if number else None

    dataset = Dataset(coverage=StatedCoverage(temporal=TemporalCoverage(start=day(start), end=day(end))))
    root = check(eml(dataset, coverage=Coverage(first_day=day(first), last_day=day(last))))
    found: list[Any] = ["single"] if root.find(".//singleDateTime") is not None else []
    assert found + [int(text[-2:]) for text in texts(root, ".//calendarDate")] == expected


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.0000001, "0"), (1e-7, "0"), (-1.5e-5, "-0.000015"), (12.3456789, "12.345679")]
)
def test_coordinates_have_no_exponent(value: float, text: str) -> None:
    assert box(check(eml(Dataset(), coverage=Coverage(box=(value, value, value, value))))) == [text] * 4


def test_a_box_that_is_no_number_is_left_out() -> None:
    assert box(check(eml(Dataset(), coverage=Coverage(box=(float("nan"), 0, 1, float("inf")))))) == []


def test_taxa_without_a_name_are_left_out() -> None:
    root = check(
        eml(Dataset(), coverage=Coverage(taxa=(TaxonCoverage(rank="order"), TaxonCoverage(scientific_name="\x00"))))
    )
    assert root.find("dataset/coverage") is None


@pytest.mark.parametrize(
    ("methods", "steps", "extent", "sampling"),
    [
        (Methods(sampling_description="S"), ["S"], ["Not stated."], ["S"]),
        (Methods(study_extent="E"), ["E"], ["E"], ["Not stated."]),
        (Methods(quality_control="Q"), ["Q"], [], []),
        (Methods(steps=("A", "B"), quality_control="Q"), ["A", "B"], [], []),
        (Methods(steps=("A",), sampling_description="S", study_extent="E"), ["A"], ["E"], ["S"]),
    ],
)
def test_methods_are_completed(methods: Methods, steps: list[str], extent: list[str], sampling: list[str]) -> None:
    root = check(eml(Dataset(methods=methods)))
    assert texts(root, "dataset/methods/methodStep/description/para") == steps
    assert texts(root, "dataset/methods/sampling/studyExtent/description/para") == extent
    assert texts(root, "dataset/methods/sampling/samplingDescription/para") == sampling


def test_a_project_is_completed() -> None:
    root = check(eml(Dataset(title="Moths at light", creators=(Agent(surname="R"),), project=Project(id="BID-1"))))
    assert texts(root, "dataset/project/title") == ["Moths at light"]
    assert texts(root, "dataset/project/personnel/individualName/surName") == ["R"]
    assert texts(root, "dataset/project/personnel/role") == ["unknown"]


def test_citations() -> None:
    root = check(eml(Dataset(citation=Citation(identifier="doi:1"), literature=(Citation(text="A"),))))
    assert texts(root, ".//gbif/citation") == ["doi:1"]
    assert texts(root, ".//gbif/bibliography/citation") == ["A"]


def test_a_host_overrides_a_block_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "eml.xml.j2").write_text(
        """\
{% extends "exporter_dwca/eml.xml.j2" %}
{% block keywords %}
    <keywordSet>
      <keyword>{{ title }}\x02</keyword>
      <keywordThesaurus>ours</keywordThesaurus>
    </keywordSet>
{% endblock %}
"""
    )
    root = check(eml(Dataset(title="<Moths>"), templates=[tmp_path]))
    assert texts(root, "dataset/keywordSet/keyword") == ["<Moths>"]
    (tmp_path / "meta.xml.j2").write_text("<archive>{{ metadata }}</archive>")
    assert render_meta(EVENT, [], metadata="<m>", templates=[tmp_path]) == b"<archive>&lt;m&gt;</archive>\n"


@pytest.mark.parametrize("template", ["{{ no_such_thing }}", "{% if %}", "{{ dataset.titel }}", '{% extends "none" %}'])
def test_a_broken_template_of_a_host_is_named(tmp_path: Path, template: str) -> None:
    (tmp_path / "eml.xml.j2").write_text(template)
    with pytest.raises(InputError, match=r"eml\.xml\.j2"):
        eml(Dataset(), templates=[tmp_path])


def test_a_missing_folder_of_templates_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        eml(Dataset(), templates=[tmp_path / "nowhere"])


EVENT = DataFile(
    "event.txt",
    f"{DWC}Event",
    [DataField(1, f"{DWC}eventID"), DataField(2, f"{DWC}samplingProtocol", delimited_by="|")],
)
OCCURRENCE = DataFile(
    "occurrence.txt",
    f"{DWC}Occurrence",
    [
        DataField(1, f"{DWC}occurrenceID"),
        DataField(None, f"{DWC}geodeticDatum", default="EPSG:4326"),
        DataField(2, f"{DWC}sex", "<\"'&>", vocabulary="http://rs.gbif.org/vocabulary/gbif/sex.xml"),
    ],
)


def test_meta_is_valid_and_exact() -> None:
    document = render_meta(EVENT, [OCCURRENCE])
    assert problems(document, META) == []
    text = document.decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<archive ')
    assert text.endswith("</archive>\n")
    assert "\t" not in text
    lines = [found[1] for line in text.split("\n") if (found := re.search(r'metadata="([^"]*)"', line))]
    assert lines == ["eml.xml"]
    written = (
        r'<{} encoding="UTF-8" fieldsTerminatedBy="\t" linesTerminatedBy="\n" fieldsEnclosedBy="" ignoreHeaderLines="1" '
    )
    assert written.format("core") in text
    assert written.format("extension") in text


def test_meta_maps_every_column() -> None:
    root = etree.fromstring(render_meta(EVENT, [OCCURRENCE], metadata="about.xml"))
    ns = "{http://rs.tdwg.org/dwc/text/}"
    assert root.get("metadata") == "about.xml"
    core, extension = root
    assert [child.tag for child in core] == [f"{ns}files", f"{ns}id", f"{ns}field", f"{ns}field"]
    assert [child.tag for child in extension][:2] == [f"{ns}files", f"{ns}coreid"]
    assert extension.findtext(f"{ns}files/{ns}location") == "occurrence.txt"
    fields = [dict(field.attrib) for field in extension.iterfind(f"{ns}field")]
    assert fields == [
        {"index": "1", "term": f"{DWC}occurrenceID"},
        {"term": f"{DWC}geodeticDatum", "default": "EPSG:4326"},
        {"index": "2", "term": f"{DWC}sex", "default": "<\"'&>", "vocabulary": "http://rs.gbif.org/vocabulary/gbif/sex.xml"},
    ]
    assert core[3].get("delimitedBy") == "|"


def test_meta_without_header_or_extensions() -> None:
    document = render_meta(attrs.evolve(EVENT, ignore_header_lines=0, id_index=5), [])
    assert problems(document, META) == []
    assert b"ignoreHeaderLines" not in document
    assert b'<id index="5"/>' in document


def test_meta_is_pretty() -> None:
    document = render_meta(EVENT, [OCCURRENCE, attrs.evolve(OCCURRENCE, location="b.txt")])
    pretty = etree.fromstring(document, etree.XMLParser(remove_blank_text=True))
    etree.indent(pretty, "  ")
    ours = [line.replace("&#34;", "&quot;").replace("&#39;", "'") for line in document.decode().split("\n")]
    assert [*etree.tostring(pretty, encoding="unicode").split("\n"), ""] == ours[1:]


def test_a_field_is_mapped_once_and_has_a_value() -> None:
    with pytest.raises(ValueError, match="neither"):
        DataField(None, "t")
    with pytest.raises(ValueError, match="twice"):
        DataFile("a", "b", [DataField(1, "t"), DataField(2, "t")])
    with pytest.raises(ValueError, match="twice"):
        DataFile("a", "b", [DataField(1, "t"), DataField(1, "u")])


def test_importing_is_light() -> None:
    code = "import sys, exporter_dwca.documents; print({'jinja2', 'lxml', 'cattrs'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
