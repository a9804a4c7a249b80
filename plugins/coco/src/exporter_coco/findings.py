"""What can be wrong with a COCO file, each under a code, and who says so."""

from __future__ import annotations

from exporter.notes import Problem

_FORMAT = "COCO data format"
_PYCOCOTOOLS = "pycocotools"
_DATUMARO = "datumaro"
_OURS = "ours"
PROBLEMS: dict[str, Problem] = {
    "COCO_UNREADABLE": Problem("error", "The file cannot be read.", "RFC 8259"),
    "COCO_MISSING": Problem("error", "There is no COCO file in it.", _OURS),
    "MEMBER_MISSING": Problem("error", "The file lacks images, annotations or categories, or it is no array.", _FORMAT),
    "OBJECT_BROKEN": Problem("error", "An image, annotation or category is no JSON object.", _FORMAT),
    "ID_BROKEN": Problem("error", "An id is missing or no whole number.", _FORMAT),
    "ID_ZERO": Problem("error", "An annotation has an id below 1, which evaluation takes for 'no match'.", _PYCOCOTOOLS),
    "ID_NOT_POSITIVE": Problem("warning", "An image or category has an id below 1.", _PYCOCOTOOLS),
    "ID_DUPLICATE": Problem("error", "Several images, annotations or categories have one id.", _FORMAT),
    "IMAGE_UNKNOWN": Problem("error", "An annotation names an image that is not there.", _FORMAT),
    "CATEGORY_UNKNOWN": Problem("error", "An annotation names a category that is not there.", _FORMAT),
    "CATEGORY_NAME_BROKEN": Problem("error", "A category has no name.", _FORMAT),
    "CATEGORY_NAME_DUPLICATE": Problem("warning", "Several categories have one name, where case does not count.", _DATUMARO),
    "CATEGORY_DIFFERS": Problem("error", "A category's id has another name in another split.", _OURS),
    "FILE_NAME_MISSING": Problem("error", "An image has no file_name.", _FORMAT),
    "IMAGE_SIZE_MISSING": Problem("warning", "An image has no width or no height.", _FORMAT),
    "IMAGE_SIZE_DIFFERS": Problem("warning", "An image has another width and height than its file.", _FORMAT),
    "BBOX_MISSING": Problem("warning", "An annotation has no bbox.", _PYCOCOTOOLS),
    "BBOX_BROKEN": Problem("error", "A bbox is not four finite numbers.", _FORMAT),
    "BBOX_EMPTY": Problem("warning", "A bbox has no width or no height.", _FORMAT),
    "BBOX_OUTSIDE_IMAGE": Problem("warning", "A bbox reaches beyond its image.", _DATUMARO),
    "BBOX_DIFFERS": Problem("warning", "A bbox is not the one around its segmentation, by more than a pixel.", _FORMAT),
    "AREA_BROKEN": Problem("warning", "An annotation has no area, or one that is no number of 0 or more.", _PYCOCOTOOLS),
    "ISCROWD_BROKEN": Problem("warning", "An annotation's iscrowd is neither 0 nor 1.", _PYCOCOTOOLS),
    "SEGMENTATION_UNLOADABLE": Problem(
        "error", "A segmentation is empty, has too few points, an odd length or what is no number.", _PYCOCOTOOLS
    ),
    "MASK_UNLOADABLE": Problem("error", "Run lengths are broken or not of their image's size.", _PYCOCOTOOLS),
    "SHAPE_CROSSES_ITSELF": Problem("warning", "The outline of a segmentation crosses itself.", _OURS),
    "KEYPOINTS_BROKEN": Problem("error", "Key points are not three numbers for each name that the category has.", _FORMAT),
    "FILE_MISSING": Problem("warning", "An image is not there, though others are.", _OURS),
    "FILE_EMPTY": Problem("error", "The file of an image is empty.", _OURS),
}
