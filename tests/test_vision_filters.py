"""Filters and versions of annotated images: every count here was made by hand, on each database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter import Source
from exporter.errors import InputError

from .annotators import DATABASES, exported, platform


@pytest.fixture(scope="module", params=DATABASES)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    with platform(request.param, tmp_path_factory.mktemp("platform")) as made:
        yield made


def images(source: Source, folder: Path, **filters: Any) -> str:
    """The images that are left, by their ids."""
    return "".join(row["image_id"] for row in exported(source, "image", filters, folder))


def annotations(source: Source, folder: Path, **filters: Any) -> str:
    """The annotations that are left, with their versions."""
    return " ".join(row["annotation_id"] + row["version"] for row in exported(source, "annotation", filters, folder))


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, "1234"),
        ({"tag_ids": ["1"]}, "12"),
        ({"tag_ids": ["rain", "night"]}, "12"),
        ({"tag_ids": ["rain", "night"], "include_match_mode": "AND"}, "1"),
        ({"excluded_tag_ids": ["rain", "night"]}, "34"),
        ({"excluded_tag_ids": ["rain", "night"], "exclude_match_mode": "AND"}, "234"),
        ({"tag_ids": ["rain"], "excluded_tag_ids": ["night"]}, "2"),
        ({"task_ids": ["1", "spare"]}, "124"),
        ({"job_id": "20"}, "34"),
        ({"is_annotated": True}, "13"),
        ({"is_annotated": False}, "24"),
        ({"is_annotated": True, "version_mode": "job_version", "version_value": "10"}, "12"),
        ({"search": "ONE"}, "14"),
        ({"search": "%"}, "1"),
        ({"search": "_"}, "12"),
        ({"search": "a/"}, ""),
        ({"filepath_paths": ["a/100%"]}, "1"),
        ({"filepath_paths": ["a/", "b\\"]}, "124"),
        ({"filepath_paths": ["A"]}, "3"),
        ({"image_uids": ["2", "4"]}, "24"),
        ({"width_min": 0}, "1234"),
        ({"width_max": 0}, "1"),
        ({"width_min": 10, "width_max": 20}, "23"),
        ({"height_min": 7}, "34"),
        ({"height_max": 5}, "1"),
        ({"file_size_min": 1}, "234"),
        ({"file_size_max": 0}, "1"),
        ({"file_size_min": 900, "file_size_max": 1000}, "23"),
        ({"splits": ["train"]}, "12"),
        ({"splits": ["val", "none"]}, "34"),
        ({"labels": ["car"]}, "1234"),
    ],
)
def test_images_that_filters_leave(source: Source, tmp_path: Path, filters: Mapping[str, Any], left: str) -> None:
    if "labels" in filters:
        with pytest.raises(InputError, match="narrows annotation"):
            images(source, tmp_path, **filters)
    else:
        assert images(source, tmp_path, **filters) == left


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, "p3 r1"),
        ({"version_mode": "job_version", "version_value": "10"}, "p2 q1"),
        ({"version_mode": "job_version", "version_value": "20"}, "p3 r1"),
        ({"version_mode": "timestamp", "version_value": "2026-06-01T12:00:00"}, "p1 q1 s1"),
        ({"version_mode": "timestamp", "version_value": "2026-06-01T11:59:59.999"}, ""),
        ({"version_mode": "timestamp", "version_value": "2026-06-02T12:00:00Z"}, "p2 q1"),
        ({"version_mode": "timestamp", "version_value": "2026-06-02T13:59:59+02:00"}, "p1 q1 s1"),
        ({"version_mode": "timestamp", "version_value": "2026-06-04T12:00:00"}, "p2 q2 r1"),
        ({"version_mode": "timestamp", "version_value": "2026-06-04T12:00:01"}, "p2 r1"),
        ({"version_mode": "timestamp", "version_value": "2026-06-05"}, "p2 r1"),
        ({"labels": ["tree"]}, "p3 r1"),
        ({"labels": ["3"]}, ""),
        ({"labels": ["car"], "version_mode": "job_version", "version_value": "10"}, "p2 q1"),
        ({"min_score": 0.5}, "p3"),
        ({"min_score": 0.5, "version_mode": "job_version", "version_value": "10"}, "p2 q1"),
        ({"splits": ["train"]}, "p3"),
        ({"image_uids": ["3"]}, "r1"),
    ],
)
def test_annotations_of_versions_and_filters(source: Source, tmp_path: Path, filters: Mapping[str, Any], left: str) -> None:
    assert annotations(source, tmp_path, **filters) == left


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"tag_ids": ["fog"]}, "names the tag 'fog', which this source does not have.*It has: night, rain, sun"),
        ({"include_match_mode": "AND"}, "there are none"),
        ({"task_ids": ["9"]}, "names the task '9'"),
        ({"labels": ["bus"]}, "names the label 'bus'"),
        ({"version_mode": "job_version"}, "needs a version_value"),
        ({"version_value": "10"}, "takes no version_value"),
        ({"version_mode": "job_version", "version_value": "99"}, "the job '99', which made no annotation"),
        ({"version_mode": "timestamp", "version_value": "yesterday"}, "takes a moment, not 'yesterday'"),
        ({"version_mode": "timestamp", "version_value": "9999-12-31T23:59:59-14:00"}, "takes a moment, not '9999"),
        ({"width_min": -1}, "at least 0"),
        ({"width_min": 20, "width_max": 10}, "'width_min' is 20 and 'width_max' is 10"),
        ({"splits": ["holdout"]}, "splits"),
    ],
)
def test_what_no_filter_takes(source: Source, tmp_path: Path, filters: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"(?s){message}"):
        exported(source, "annotation", filters, tmp_path)


def test_a_preview_counts_classes_and_splits(source: Source) -> None:
    report = exporter.preview(format="csv", source=source, options={"record": "image"}).report
    assert report.classes == {"tree": 2}
    assert report.counts == {"split": {"train": 2, "": 1, "Validation": 1}}
