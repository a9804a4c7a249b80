"""Sources as a host writes them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import literal_column

from exporter import HostFilter, InputError, Source
from exporter.filters import parse_filters


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [("text", "7", "7"), ("integer", "7", 7), ("number", "7", 7.0), ("boolean", "true", True), (bool, "false", False)],
)
def test_the_type_of_a_filter_is_given_in_the_words_of_a_file_or_of_python(kind: Any, given: str, value: Any) -> None:
    own = HostFilter(record="image", where=lambda _: literal_column("1"), type=kind)
    source = Source(name="s", family="vision", records={}, url="sqlite://", filters={"own": own})
    assert parse_filters(source, {"own": given})[1] == {"own": value}


@pytest.mark.parametrize("kind", ["bool", "date", list, 5])
def test_no_other_type_is_taken(kind: Any) -> None:
    with pytest.raises(InputError, match="text, integer, number, boolean or str, int, float, bool, not"):
        HostFilter(record="image", where=lambda _: literal_column("1"), type=kind)
