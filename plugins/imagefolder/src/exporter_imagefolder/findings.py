"""What can be wrong with an image folder, each under a code, and who says so."""

from __future__ import annotations

from exporter.notes import Problem

_TORCHVISION = "torchvision.datasets.ImageFolder"
_DATASETS = "Hugging Face datasets"
_OURS = "ours"
PROBLEMS: dict[str, Problem] = {
    "FOLDER_UNREADABLE": Problem("error", "The file cannot be read.", _OURS),
    "IMAGES_MISSING": Problem("warning", "There is no image in any folder of a class.", _OURS),
    "CLASS_FOLDER_EMPTY": Problem("error", "The folder of a class holds no image, which loaders refuse.", _TORCHVISION),
    "CLASS_NAME_DUPLICATE": Problem("error", "Folders of classes are one where case does not count.", _OURS),
    "NAMED_LIKE_SPLIT": Problem(
        "warning", "The name of a class or file holds that of a split; loaders that guess splits misread it.", _DATASETS
    ),
    "CLASSES_DIFFER": Problem(
        "info",
        "A split lacks classes of others: loaders that number the folders they see number them otherwise.",
        _TORCHVISION,
    ),
    "IMAGE_WITHOUT_CLASS": Problem("warning", "An image lies in no folder of a class.", _TORCHVISION),
    "FILE_EMPTY": Problem("error", "A file is empty.", _OURS),
    "FILE_NOT_AN_IMAGE": Problem("warning", "A file is no image, by its first bytes.", _OURS),
    "FILE_EXTENSION_UNKNOWN": Problem(
        "warning", "A file has no extension that loaders take for an image's; they pass it over.", _TORCHVISION
    ),
    "FILE_UNREADABLE": Problem("error", "A file cannot be read.", _OURS),
    "LINK_NOT_FOLLOWED": Problem("info", "A link leads out of the folder; it was not looked into.", _OURS),
}
