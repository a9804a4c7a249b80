"""What can be wrong with a YOLO data set, each under a code, and who says so."""

from __future__ import annotations

from exporter.notes import Problem

_ULTRALYTICS = "Ultralytics"
_SUPERVISION = "supervision"
_DATUMARO = "datumaro"
_OURS = "ours"
PROBLEMS: dict[str, Problem] = {
    "YOLO_UNREADABLE": Problem("error", "The file cannot be read.", _OURS),
    "YAML_MISSING": Problem("error", "There is no data.yaml in it.", _ULTRALYTICS),
    "YAML_UNREADABLE": Problem("error", "data.yaml is no YAML, or no mapping.", _ULTRALYTICS),
    "SPLIT_NOT_NAMED": Problem("error", "data.yaml names no train or no val.", _ULTRALYTICS),
    "SPLIT_MISSING": Problem("error", "A folder or list that data.yaml names is not there.", _ULTRALYTICS),
    "SPLIT_ABSOLUTE": Problem("warning", "data.yaml names an absolute path, which is on one machine only.", _OURS),
    "SPLITS_ALIKE": Problem("info", "Two splits are one folder: what is measured there, the model has learnt.", _OURS),
    "NAMES_MISSING": Problem("error", "data.yaml has neither names nor nc.", _ULTRALYTICS),
    "NAMES_BROKEN": Problem("error", "The names are no list and no mapping of 0, 1, 2 and so on.", _ULTRALYTICS),
    "NAME_NOT_TEXT": Problem("warning", "A class's name is no text to YAML; it is missing quotes.", _DATUMARO),
    "NAME_DUPLICATE": Problem("warning", "Several classes have one name, where case does not count.", _DATUMARO),
    "NC_DIFFERS": Problem("error", "nc is not the number of names.", _ULTRALYTICS),
    "KPT_SHAPE_BROKEN": Problem("error", "kpt_shape is not a number of points and 2 or 3.", _SUPERVISION),
    "FLIP_IDX_BROKEN": Problem("error", "flip_idx is not a place for each key point.", _ULTRALYTICS),
    "LABELS_UNREADABLE": Problem("error", "A label file cannot be read, or is no UTF-8.", _ULTRALYTICS),
    "ROW_BROKEN": Problem("error", "A row of a label file holds what is no finite number.", _ULTRALYTICS),
    "COLUMNS_BROKEN": Problem(
        "error", "A row has not as many columns as a box, an outline or, with kpt_shape, a pose.", _ULTRALYTICS
    ),
    "ROWS_MIXED": Problem(
        "error", "A label file has boxes and outlines: the boxes are taken for outlines of two points.", _ULTRALYTICS
    ),
    "TASKS_MIXED": Problem(
        "warning", "Some label files have boxes and others outlines: outlines are ignored.", _ULTRALYTICS
    ),
    "CLASS_UNKNOWN": Problem("error", "A class index is no whole number, or beyond the names.", _ULTRALYTICS),
    "COORDINATES_OUTSIDE": Problem(
        "error", "Coordinates below 0 or above 1, by over a hundredth: the whole image is dropped.", _ULTRALYTICS
    ),
    "SHAPE_OUTSIDE_IMAGE": Problem("warning", "A shape reaches beyond its image.", _OURS),
    "BOX_EMPTY": Problem("warning", "A box has no width or no height.", _ULTRALYTICS),
    "OUTLINE_TOO_FEW_POINTS": Problem("error", "An outline has fewer than three different points.", _OURS),
    "KEYPOINTS_BROKEN": Problem("error", "A key point's visibility is none of 0, 1 and 2.", _ULTRALYTICS),
    "ROW_DUPLICATE": Problem("info", "A row stands in its label file twice; the second is ignored.", _ULTRALYTICS),
    "LABELS_WITHOUT_IMAGE": Problem("warning", "A label file has no image, though others have.", _OURS),
    "IMAGE_WITHOUT_LABELS": Problem("info", "An image has no label file; it is taken for background.", _ULTRALYTICS),
    "LABELS_SHARED": Problem(
        "error", "Images whose names differ in extension or case alone share one label file.", _SUPERVISION
    ),
    "IMAGE_NOT_SEEN": Problem("warning", "A file among the images has no name that readers take for one's.", _ULTRALYTICS),
    "IMAGE_IN_NO_SPLIT": Problem("info", "An image is in no folder or list that data.yaml names.", _OURS),
    "LISTED_MISSING": Problem("warning", "A list names an image that is not there.", _ULTRALYTICS),
    "FILE_EMPTY": Problem("error", "The file of an image is empty.", _ULTRALYTICS),
}
