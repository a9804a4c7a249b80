"""The records of annotated images, in the words of COCO and of the platforms that people annotate with.

Coordinates are in pixels unless `units` says otherwise, from the upper left corner, x to the right and y downwards, in the frame
that people see: turned upright where the image file has an EXIF orientation.
"""

from __future__ import annotations

import datetime as dt

import attrs

from exporter.records.schema import Record, column


@attrs.define
class Project(Record):
    """A project: what has its own labels and tags."""

    project_id: str | None = column("Identifier of the project")
    name: str | None = column("Name of the project")
    description: str | None = column("What it is about")


@attrs.define
class Dataset(Record):
    """A set of images within a project."""

    dataset_id: str | None = column("Identifier of the data set")
    project_id: str | None = column("Identifier of its project")
    name: str | None = column("Name of the data set")
    description: str | None = column("What is in it")


@attrs.define
class Task(Record):
    """A portion of work: images that are annotated together, and belong to one split."""

    task_id: str | None = column("Identifier of the task")
    project_id: str | None = column("Identifier of its project")
    dataset_id: str | None = column("Identifier of its data set")
    name: str | None = column("Name of the task")
    split: str | None = column("train, val, test or none: the split of the task's images")


@attrs.define
class TagCategory(Record):
    """A question that tags answer: weather, time of day."""

    tag_category_id: str | None = column("Identifier of the category")
    name: str | None = column("Name of the category")


@attrs.define
class Tag(Record):
    """A word about a whole image."""

    tag_id: str | None = column("Identifier of the tag")
    tag_category_id: str | None = column("Identifier of its category")
    name: str | None = column("Name of the tag")
    colour: str | None = column("Colour, #rrggbb")


@attrs.define
class Label(Record):
    """A class of annotations. Categories of COCO are labels."""

    label_id: str | None = column("Identifier of the label; it stays when labels come and go")
    class_name: str | None = column("Name of the class")
    supercategory: str | None = column("Name of what the class is a kind of")
    colour: str | None = column("Colour, #rrggbb")
    keypoints: str | None = column("Names of its key points, a JSON array of texts")
    skeleton: str | None = column("Which of them are joined by a line: a JSON array of pairs of places, from 1")


@attrs.define
class Image(Record):
    """An image file."""

    image_id: str | None = column("Identifier of the image")
    task_id: str | None = column("Identifier of its task")
    dataset_id: str | None = column("Identifier of its data set")
    job_id: str | None = column("Identifier of the job that it is annotated in")
    path: str | None = column(
        "Path of the file, as the host keeps it; below the source's media folder where images are written"
    )
    width: int | None = column("Width in pixels, of the image as people see it")
    height: int | None = column("Height in pixels, of the image as people see it")
    file_size: int | None = column("Size of the file in bytes")
    media_type: str | None = column("Media type: image/jpeg")
    orientation: int | None = column("EXIF orientation of the file, 1 to 8; 1 where it has none")
    split: str | None = column("train, val, test or none, where it is the image's own and not its task's")
    captured: dt.datetime | None = column("When the picture was taken")


@attrs.define
class ImageTag(Record):
    """That an image has a tag."""

    image_tag_id: str | None = column("Identifier of this fact")
    image_id: str | None = column("Identifier of the image")
    tag_id: str | None = column("Identifier of the tag")


@attrs.define
class Annotation(Record):
    """One version of something drawn on an image. Hosts that keep no versions have one row for each annotation."""

    annotation_id: str | None = column("Identifier of the annotation, the same in all its versions")
    image_id: str | None = column("Identifier of the image")
    label_id: str | None = column("Identifier of the label")
    class_name: str | None = column("Name of the class, where the host has no labels of their own")
    kind: str | None = column("box, rotated_box, polygon, mask or keypoints; by default what the other fields are")
    bbox_x: float | None = column("Box: left edge; of a rotated box, before it is turned about its centre")
    bbox_y: float | None = column("Box: upper edge")
    bbox_width: float | None = column("Box: width")
    bbox_height: float | None = column("Box: height")
    rotation: float | None = column("Rotated box: degrees clockwise about its centre")
    geometry: str | None = column(
        "Shape as text: JSON (flat array, pairs, rings, parts with rings, GeoJSON, a box as [x, y, width, height], run lengths "
        "with size and counts) or WKT"
    )
    keypoints: str | None = column(
        "Key points, a JSON array: x, y and visibility (0 not there, 1 hidden, 2 visible) of each"
    )
    units: str | None = column("pixel, relative (0 to 1) or percent (0 to 100); pixel where it says nothing")
    area: float | None = column("Area in square pixels, where the host has computed it; else it is computed")
    iscrowd: bool | None = column("Whether it is a crowd that nobody counted")
    score: float | None = column("Score of the model that drew it, 0 to 1; none where a person did")
    source: str | None = column("Who drew it: a model's name, manual, imported")
    attributes: str | None = column("Further facts, a JSON object")
    version: int | None = column("Number of the version, from 1")
    job_id: str | None = column("Identifier of the job that this version was made in")
    valid_from: dt.datetime | None = column("When this version came to be; UTC where it has no zone")
    valid_to: dt.datetime | None = column("When the next version took its place; none for the newest")
    deleted_at: dt.datetime | None = column("When it was deleted; none where it was not")
