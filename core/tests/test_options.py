"""One class, many faces: what is read, what is refused, what the schema says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import pytest

from exporter.errors import InputError
from exporter.options import fields, json_schema, option, structure, unstructure


@attrs.frozen
class Sample:
    word: str = option(default="a", choices=("a", "b"), help="One of two")
    many: tuple[str, ...] = option(default=(), help="Several")
    share: float | None = option(default=None, minimum=0, maximum=1, help="A share")
    day: dt.date | None = option(default=None, help="A day")
    box: tuple[float, float] | None = option(default=None, help="Two numbers")
    on: bool = option(default=False, help="A switch")
    folder: Path | None = option(default=None, help="A folder")
    needed: int = option(help="A number that must be given")


def test_texts_are_read_as_the_field_says() -> None:
    given = {
        "word": "b",
        "many": "x",
        "share": "0.5",
        "day": "2024-02-29",
        "box": "1,-2",
        "on": "yes",
        "folder": "f",
        "needed": "7",
    }
    read = structure(Sample, given)
    assert read == Sample(
        word="b", many=("x",), share=0.5, day=dt.date(2024, 2, 29), box=(1.0, -2.0), on=True, folder=Path("f"), needed=7
    )
    assert structure(Sample, unstructure(read)) == read


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"wrd": "a"}, "Did you mean 'word'"),
        ({"word": "c"}, "takes a|b, not 'c'"),
        ({"share": "1.5"}, "at most 1"),
        ({"share": "nan"}, "not a finite number"),
        ({"share": True}, "not a number"),
        ({"day": "2024-02-30"}, "takes date"),
        ({"box": "1"}, "2 values, separated by commas"),
        ({"on": "maybe"}, "true or false"),
        ({"needed": "7.5"}, "takes integer"),
        ({"many": [{"a": 1}]}, "takes text"),
        ({}, "'needed' is required"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as error:
        structure(Sample, {"needed": 1, **given} if given else given)
    assert words in str(error.value)


def test_the_schema_says_the_same() -> None:
    schema = json_schema(Sample)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["needed"]
    assert schema["properties"]["word"] == {
        "type": "string",
        "enum": ["a", "b"],
        "description": "One of two",
        "default": "a",
    }
    assert schema["properties"]["many"]["items"] == {"type": "string"}
    assert schema["properties"]["box"]["prefixItems"] == [{"type": "number"}] * 2
    assert set(schema["properties"]) == set(fields(Sample))


def test_a_type_that_no_face_can_show_is_refused() -> None:
    @attrs.frozen
    class Odd:
        value: complex = option(default=1j, help="No")

    with pytest.raises(TypeError, match="value"):
        fields(Odd)
