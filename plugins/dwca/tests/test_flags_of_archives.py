"""The list of flags on archives, held against the modules that raise them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import exporter_dwca
from exporter_dwca.flags.of_archives import FLAGS, found

MODULES = ("checks", "meta", "eml", "datafiles", "keys", "triplets")
CODE = re.compile(r'"([A-Z]+(?:_[A-Z0-9]+)+)"')


def test_every_flag_is_raised_somewhere_and_no_other() -> None:
    folder = Path(exporter_dwca.__file__).parent
    raised = {code for name in MODULES for code in CODE.findall((folder / f"{name}.py").read_text(encoding="utf-8"))}
    assert raised == {flag.code for flag in FLAGS}


def test_flags_are_listed_once_and_say_why() -> None:
    codes = [flag.code for flag in FLAGS]
    assert len(set(codes)) == len(codes)
    assert all(flag.message and flag.rule and flag.source and not flag.message.endswith(".") for flag in FLAGS)


def test_a_finding_says_what_is_wrong_here() -> None:
    finding = found("DWCA_UNREADABLE", "it is empty.", examples=["a.zip"])
    assert (finding.level, finding.message) == ("error", "The archive cannot be read: it is empty.")
    assert found("BYTE_ORDER_MARK", level="warning").level == "warning"
    with pytest.raises(KeyError):
        found("NO_SUCH_FLAG")
