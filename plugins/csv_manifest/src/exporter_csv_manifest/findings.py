"""What can be wrong with a CSV manifest, each under a code, and who says so."""

from __future__ import annotations

from exporter.notes import Problem

_RFC = "RFC 4180"
_CROISSANT = "Croissant 1.0"
_PANDAS = "pandas.read_csv"
_DATASETS = "Hugging Face datasets"
_OURS = "ours"
PROBLEMS: dict[str, Problem] = {
    "MANIFEST_UNREADABLE": Problem("error", "The file cannot be read.", _RFC),
    "MANIFEST_MISSING": Problem("error", "There is no manifest.csv in it.", _OURS),
    "COLUMN_MISSING": Problem("error", "The header lacks image_path, class_name or split.", _OURS),
    "COLUMN_DUPLICATE": Problem("error", "The header names a column twice.", _RFC),
    "COLUMN_UNKNOWN": Problem("info", "The header has further columns.", _OURS),
    "ROW_UNEVEN": Problem("error", "A row has more or fewer cells than the header.", _RFC),
    "ROW_DUPLICATE": Problem("warning", "An image is listed with the same class more than once.", _OURS),
    "IMAGE_PATH_MISSING": Problem("error", "A row names no image.", _OURS),
    "IMAGE_PATH_OUTSIDE": Problem(
        "error", "A path is absolute, has a scheme, or leads out of the folder of the manifest.", _OURS
    ),
    "CLASS_NAME_MISSING": Problem("warning", "A row names no class.", _OURS),
    "CLASS_NAME_DUPLICATE": Problem("warning", "Names of classes differ in case or blanks only.", _OURS),
    "CLASS_NAME_READ_AS_MISSING": Problem("warning", "A class has a name that pandas reads as a missing value.", _PANDAS),
    "SPLIT_UNKNOWN": Problem("warning", "A split is none of train, val and test.", _OURS),
    "SPLIT_PARTLY_MISSING": Problem("warning", "Some images have a split, and some have none.", _OURS),
    "SPLIT_DIFFERS": Problem("error", "An image is listed in several splits.", _OURS),
    "FILE_MISSING": Problem("error", "An image is not there, though others are.", _OURS),
    "FILE_EMPTY": Problem("error", "The file of an image is empty.", _OURS),
    "FILE_NOT_LISTED": Problem("info", "An image is there and not listed.", _OURS),
    "NAMED_LIKE_SPLIT": Problem(
        "info", "A path holds the name of a split; a loader that guesses splits has to be told its files.", _DATASETS
    ),
    "DIGEST_DIFFERS": Problem("warning", "croissant.json tells of another manifest.csv: its SHA-256 differs.", _CROISSANT),
}
