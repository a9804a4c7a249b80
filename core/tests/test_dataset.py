from __future__ import annotations

import datetime as dt
import importlib
import subprocess
import sys
import tomllib
from typing import Any

import attrs
import pytest

from exporter.errors import InputError
from exporter.records.biodiversity import FAMILY
from exporter.records.biodiversity.dataset import (
    FREQUENCIES,
    LICENSES,
    Address,
    Agent,
    Citation,
    Dataset,
    GeographicCoverage,
    KeywordSet,
    Maintenance,
    TemporalCoverage,
    structure_dataset,
)

TOML = """
[sources.moths.dataset]
title = "Moths at light"
abstract = '''
One.

Two.
'''
keywords = ["moths", { thesaurus = "AGROVOC", keywords = ["Lepidoptera"] }, "light", "moths"]
license = "CC BY 4.0"
citation = "Reyes (2025)"
literature = ["A", { text = "B", identifier = "doi:1" }]
distribution = ["https://example.org/a.zip"]

[[sources.moths.dataset.creators]]
given_name = "Ana"
surname = "Reyes"
orcid = "https://orcid.org/0000-0002-1825-0097"
address = "Road 1"

[[sources.moths.dataset.contacts]]
organization = "Museum"
address = { city = "Gamboa", country = "PA" }

[[sources.moths.dataset.metadata_providers]]
position = "Curator"

[[sources.moths.dataset.associated_parties]]
surname = "Five"
role = "custodianSteward"

[sources.moths.dataset.publisher]
organization = "Museum"

[sources.moths.dataset.coverage.geographic]
west = -80
east = -79.5
south = 9
north = 9.5

[sources.moths.dataset.coverage.temporal]
start = 2022-01-01
end = "2024-12-31"

[[sources.moths.dataset.coverage.taxonomic]]
scientific_name = "Lepidoptera"

[sources.moths.dataset.methods]
steps = ["Set up.", "Look."]

[sources.moths.dataset.maintenance]
frequency = "asNeeded"

[sources.moths.dataset.project]
title = "Night life"
id = "BID-1"

[[sources.moths.dataset.project.personnel]]
surname = "Seven"

[[sources.moths.dataset.project.related_projects]]
title = "Day life"
"""


def test_reads_what_toml_gives() -> None:
    dataset = structure_dataset(tomllib.loads(TOML)["sources"]["moths"]["dataset"])
    assert dataset.license == "CC-BY-4.0"
    assert dataset.keywords == (
        KeywordSet(keywords=("moths", "light")),
        KeywordSet(keywords=("Lepidoptera",), thesaurus="AGROVOC"),
    )
    ana = Agent(given_name="Ana", surname="Reyes", orcid="0000-0002-1825-0097", address=Address(delivery_point="Road 1"))
    assert dataset.creators == (ana,)
    assert dataset.contacts[0].address == Address(city="Gamboa", country="PA")
    assert dataset.citation == Citation(text="Reyes (2025)")
    assert dataset.literature == (Citation(text="A"), Citation(text="B", identifier="doi:1"))
    assert dataset.coverage is not None
    assert dataset.coverage.geographic is not None
    assert dataset.coverage.geographic.box == (-80.0, 9.0, -79.5, 9.5)
    assert dataset.coverage.temporal == TemporalCoverage(start=dt.date(2022, 1, 1), end=dt.date(2024, 12, 31))
    assert dataset.project is not None
    assert dataset.project.related_projects[0].title == "Day life"


def test_nothing_is_required() -> None:
    assert structure_dataset({}) == Dataset()
    assert Dataset().language == "en"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"titel": "x"}, "There is no 'dataset.titel'. Did you mean 'title'?"),
        ({"zzz": 1, 5: 1}, "There is no 'dataset.5'. Known: abstract,"),
        ({"creators": [{}, {"surnam": "x"}]}, "There is no 'dataset.creators[1].surnam'. Did you mean 'surname'?"),
        ({"coverage": {"geographic": {"wes": 1}}}, "There is no 'dataset.coverage.geographic.wes'. Did you mean 'west'?"),
        ({"project": {"personnel": [{"nme": ""}]}}, "There is no 'dataset.project.personnel[0].nme'."),
        ({"creators": [{"surname": 5}]}, "dataset.creators[0].surname takes text, not 5."),
        ({"title": None}, "dataset.title takes text, not None."),
        ({"title": ["a"]}, "dataset.title takes text, not ['a']."),
        ({"creators": {"surname": "a"}}, "dataset.creators takes a list, not a table."),
        ({"creators": ["Ana"]}, "dataset.creators[0] takes a table, not 'Ana'."),
        ({"publisher": "Museum"}, "dataset.publisher takes a table, not 'Museum'."),
        ({"distribution": "https://a"}, "dataset.distribution takes a list, not 'https://a'."),
        ({"keywords": "moths"}, "dataset.keywords takes a list, not 'moths'."),
        ({"keywords": [{"keywords": ["a", 1]}]}, "dataset.keywords[0].keywords[1] takes text, not 1."),
        ({"creators": [{"address": 5}]}, "dataset.creators[0].address takes a table, not 5."),
        ({"methods": {"steps": ["a", 3]}}, "dataset.methods.steps[1] takes text, not 3."),
        ({"coverage": {"geographic": {"west": "1"}}}, "dataset.coverage.geographic.west takes a number, not '1'."),
        ({"coverage": {"geographic": {"west": True}}}, "dataset.coverage.geographic.west takes a number, not True."),
        ({"coverage": {"temporal": {"start": "soon"}}}, "dataset.coverage.temporal.start takes a day such as 2024-06-30"),
        ({"coverage": {"temporal": {"end": 2024}}}, "dataset.coverage.temporal.end takes a day such as 2024-06-30"),
        ({"coverage": {"temporal": {"end": dt.datetime(2024, 1, 1)}}}, "dataset.coverage.temporal.end takes a day"),
        ({"creators": [{"orcid": "1-2-3"}]}, "dataset.creators[0].orcid takes 0000-0002-1825-0097 or its URL, not '1-2-3'."),
        ({"language": "<en>"}, "dataset.language takes a language code such as 'en' or 'pt-BR', not '<en>'."),
        ({"data_language": "e n"}, "dataset.data_language takes a language code"),
        ({"maintenance": {"frequency": "annual"}}, "dataset.maintenance.frequency has no value 'annual'. Did you mean '"),
        ([], "dataset takes a table, not []."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_path(data: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        structure_dataset(data)
    assert caught.value.message.startswith(message)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ({"west": 1}, "east is missing: west, east, south and north are given together."),
        ({"west": 1, "east": 2, "south": 3}, "north is missing"),
        ({"west": 1, "east": 2, "south": 4, "north": 3}, "south (4) is greater than north (3)."),
        ({"west": 181, "east": 2, "south": 1, "north": 3}, "west takes degrees from -180 to 180, not 181.0."),
        ({"west": 1, "east": 2, "south": -91, "north": 3}, "south takes degrees from -90 to 90, not -91.0."),
        ({"west": float("nan"), "east": 2, "south": 1, "north": 3}, "west takes degrees from -180 to 180, not nan."),
    ],
)
def test_a_box_has_four_sides_on_the_earth(sides: dict[str, float], message: str) -> None:
    with pytest.raises(InputError) as caught:
        structure_dataset({"coverage": {"geographic": sides}})
    assert caught.value.message.startswith(f"dataset.coverage.geographic.{message}")


def test_a_box_may_cross_the_date_line_and_may_be_absent() -> None:
    assert GeographicCoverage(west=170, east=-170, south=0, north=0).box == (170, 0, -170, 0)
    assert GeographicCoverage(description="Fiji").box is None


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(InputError, match=r"dataset\.coverage\.temporal\.end \(2019-01-01\) is before start \(2020-01-01\)"):
        structure_dataset({"coverage": {"temporal": {"start": "2020-01-01", "end": "2019-01-01"}}})


@pytest.mark.parametrize(
    ("spelling", "license"),
    [
        ("CC0", "CC0-1.0"), ("cc0 1.0", "CC0-1.0"), ("CC0-1.0", "CC0-1.0"), ("CC Zero", "CC0-1.0"),
        ("CC0 1.0 Universal", "CC0-1.0"), ("Creative Commons Zero v1.0 Universal", "CC0-1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://spdx.org/licenses/CC0-1.0.html", "CC0-1.0"),
        ("CC-BY", "CC-BY-4.0"), ("CC BY 4.0", "CC-BY-4.0"), ("cc_by_4.0", "CC-BY-4.0"), ("CC-BY-4.0", "CC-BY-4.0"),
        ("Creative Commons Attribution 4.0 International License", "CC-BY-4.0"),
        ("Creative Commons Attribution (CC-BY) 4.0 License", "CC-BY-4.0"),
        ("http://www.creativecommons.org/licenses/by/4.0/legalcode.txt", "CC-BY-4.0"),
        ("creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("CC BY-NC 4.0", "CC-BY-NC-4.0"), ("CC-BY-NC-4.0", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution-NonCommercial 4.0 International", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution Non Commercial 4.0 International", "CC-BY-NC-4.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/deed.de", "CC-BY-NC-4.0"),
        ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_licenses_are_normalised(spelling: str, license: str) -> None:
    assert structure_dataset({"license": spelling}).license == Dataset(license=spelling).license == license


@pytest.mark.parametrize(
    "text",
    ["MIT", "CC-BY-3.0", "CC BY-SA 4.0", "CC-BY-ND-4.0", "https://creativecommons.org/licenses/by/3.0/", "by", "all rights",
     "https://example.org/licenses/by/4.0/", "CC0-4.0", "CC-BY-1.0", "/"],
)  # fmt: skip
def test_other_licenses_are_refused_with_the_three_named(text: str) -> None:
    with pytest.raises(InputError) as caught:
        structure_dataset({"license": text})
    assert caught.value.message == f"dataset.license takes CC0-1.0, CC-BY-4.0 or CC-BY-NC-4.0, not {text!r}."
    assert all(license in caught.value.message for license in LICENSES)


@pytest.mark.parametrize("text", ["0000-0002-1694-233x", "orcid.org/0000-0002-1694-233X/", "ORCID: 0000-0002-1694-233X"])
def test_orcids_are_kept_bare(text: str) -> None:
    assert Agent(orcid=text).orcid == "0000-0002-1694-233X"


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_frequencies(frequency: str) -> None:
    assert Maintenance(frequency=frequency).frequency == frequency


def test_a_dataset_is_frozen_and_comparable() -> None:
    dataset = structure_dataset({"creators": [{"surname": "A"}]})
    assert hash(dataset) == hash(Dataset(creators=(Agent(surname="A"),)))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        dataset.title = "x"  # type: ignore[misc]


def test_the_family_names_how_this_document_is_read() -> None:
    module, _, name = FAMILY.documents["dataset"].partition(":")
    assert getattr(importlib.import_module(module), name) is structure_dataset


def test_importing_it_is_light() -> None:
    code = "import sys, exporter.records.biodiversity.dataset; print({'cattrs', 'lxml', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
