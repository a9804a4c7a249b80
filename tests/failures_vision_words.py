"""Words about pictures, classes, splits and versions that cannot be used, and files of others that are broken."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping

from .failures_gallery import (
    CLASSIFIED,
    FREE,
    OF_SPLITS,
    PIXELS,
    TAGGED,
    TOML,
    each,
    pictures,
    run,
    written,
)
from .failures_kit import Desk, Outcome, provokes

# --- filters


@provokes("label-filter-empty")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "delete from shapes where label = 1")
    return [*each(desk, ("coco", "yolo"), "--label-filter", "car"), *each(desk, ("coco", "yolo"), "--filter", "labels=car")]


@provokes("label-filter-unknown")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return [*each(desk, ("coco", "yolo"), "--label-filter", "bus"), *each(desk, ("coco", "yolo"), "--filter", "labels=bus")]


@provokes("filter-of-annotations")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return each(desk, CLASSIFIED, "--filter", "labels=car")


@provokes("filter-unknown-tag")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return each(desk, ("coco", "csv-manifest"), "--filter", "tag_ids=fog")


@provokes("filter-min-above-max")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={'split = "split"': 'split = "split", file_size = "width"'})
    given = (("width", "50", "10"), ("height", "81", "80"), ("file_size", "2", "1"))
    return [run(desk, "--filter", f"{side}_min={least}", "--filter", f"{side}_max={most}") for side, least, most in given]


def _versions(desk: Desk, *values: str) -> Outcome:
    """An export with filters on versions, `version_` left out."""
    pictures(desk)
    return run(desk, *(word for value in values for word in ("--filter", f"version_{value}")))


@provokes("version-value-missing")
def _(desk: Desk) -> list[Outcome]:
    return [_versions(desk, f"mode={mode}") for mode in ("job_version", "timestamp")]


@provokes("version-value-needless")
def _(desk: Desk) -> Outcome:
    return _versions(desk, "value=7")


@provokes("version-value-no-time")
def _(desk: Desk) -> list[Outcome]:
    moments = ("yesterday", "7", "2026-13-01", "9999-12-31T23:00:00-14:00")
    return [_versions(desk, "mode=timestamp", f"value={moment}") for moment in moments]


@provokes("version-value-unknown-job")
def _(desk: Desk) -> Outcome:
    return _versions(desk, "mode=job_version", "value=99")


# --- splits


@provokes("splits-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={', split = "split"': ""})
    return [*each(desk, ("coco",), *OF_SPLITS), *each(desk, ("coco",), "--layout", "roboflow"), *each(desk, ("yolo",))]


@provokes("split-none")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, "update images set split = 'holdout' where id = 3")
    found = [*each(desk, ("coco",), *OF_SPLITS), *each(desk, ("yolo", *CLASSIFIED))]
    assert [written(outcome, "image") for outcome in found] == [2] * 4
    return found


def _split_by(desk: Desk, given: str) -> list[Outcome]:
    return [*each(desk, ("yolo", *CLASSIFIED), "--split-by", given), run(desk, *OF_SPLITS, "--split-by", given)]


def _split_file(desk: Desk, *contents: str | bytes) -> list[Outcome]:
    found = []
    for content in contents:
        (desk.folder / "splits.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        found.append(run(desk, "--split-by", "splits.csv", format="yolo"))
    return found


@provokes("split-shares")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return [*_split_by(desk, "hash:0.5,0.5,0.5"), run(desk, "--split-by", "hash:0.8,0.1,0", format="yolo")]


@provokes("split-shares-broken")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    given = ("hash:", "hash:0.8,0.2", "hash:a,b,c", "hash:2,-1,0", "hash:nan,0,1")
    return [run(desk, "--split-by", shares, format="yolo") for shares in given]


@provokes("split-file-missing")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return [*_split_by(desk, "nowhere.csv"), run(desk, "--split-by", "media", format="yolo")]


@provokes("split-file-no-csv")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return _split_file(desk, b"image_id,split\n\xff,train\n", 'image_id,split\n"1,train\n')


@provokes("split-file-columns")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return _split_file(desk, "", "id,split\n1,train\n", "image_id;split\n1;train\n", "image_id,split,split\n1,train,val\n")


@provokes("split-file-word")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return _split_file(desk, "image_id,split\n1,train\n2,holdout\n")


@provokes("split-file-twice")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return _split_file(desk, "image_id,split\n1,train\n1,val\n")


@provokes("split-file-incomplete")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return _split_file(desk, "image_id,split\n1,train\n")


@provokes("split-of-single")
def _(desk: Desk) -> Outcome:
    pictures(desk)
    return run(desk, "--split-by", "hash:0.8,0.1,0.1")


# --- options


@provokes("option-of-another-mode")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    boxes, words = ("--export-mode", "detection"), ("--category-id", "1")
    found = [run(desk, *given) for given in (
        ("--no-include-bbox-from-segmentation",),
        ("--no-convert-bbox-to-segmentation", *boxes),
        ("--no-include-bbox-alongside-segmentation", *boxes),
    )]  # fmt: skip
    return [*found, *each(desk, CLASSIFIED, "--class-mapping", "{}"), *each(desk, CLASSIFIED, *FREE, "{}", *words)]


@provokes("box-left-out")
def _(desk: Desk) -> Outcome:
    pictures(desk)
    return run(desk, "--no-convert-bbox-to-segmentation")


@provokes("outline-left-out")
def _(desk: Desk) -> Outcome:
    pictures(desk)
    return run(desk, "--export-mode", "detection", "--no-include-bbox-from-segmentation")


@provokes("pose-without-key-points")
def _(desk: Desk) -> Outcome:
    pictures(desk)
    return run(desk, "--task", "pose", format="yolo")


@provokes("link-in-zip")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return [run(desk, "--link", way, format="imagefolder") for way in ("hardlink", "symlink")]


def _conflict(desk: Desk, way: str, *words: str) -> Outcome:
    pictures(desk, "insert into image_tags values (9, 1, 2)")
    return run(desk, "--on-conflict", way, *words, format="imagefolder")


@provokes("class-conflict")
def _(desk: Desk) -> Outcome:
    found = _conflict(desk, "skip")
    assert written(found, "image") == 2
    return found


@provokes("class-conflict-error")
def _(desk: Desk) -> Outcome:
    desk.old()
    return _conflict(desk, "error", "--force")


@provokes("class-conflict-kept-going")
def _(desk: Desk) -> Outcome:
    found = _conflict(desk, "error", "--keep-going")
    assert written(found, "image") == 2
    return found


def _mapped(*mappings: str) -> Callable[[Desk], list[Outcome]]:
    """Exports with mappings that are none."""

    def provoked(desk: Desk) -> list[Outcome]:
        pictures(desk)
        (desk.folder / "latin.json").write_bytes(b'{"\xff": ["rain"]}')
        return [run(desk, *FREE, mapping, format="csv-manifest") for mapping in mappings]

    return provoked


MAPPINGS = {
    "mapping-unknown-tag": _mapped('{"wet": ["rain"], "dry": ["fog"]}'),
    "mapping-broken": _mapped('{"wet":'),
    "mapping-empty": _mapped("{}", "[]"),
    "mapping-no-tags": _mapped('{"wet": "rain"}', '{"wet": [true]}', '{"wet": [["rain"]]}'),
    "mapping-twice": _mapped('{"wet": ["rain"], "wet": ["sun"]}'),
    "mapping-missing": _mapped("nowhere.json", "media"),
    "mapping-not-utf8": _mapped("latin.json"),
}
for _id, _provoked in MAPPINGS.items():
    provokes(_id)(_provoked)


@provokes("mapping-not-given")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return each(desk, CLASSIFIED, *FREE[:2])


@provokes("category-unknown")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={'tag_id = "id", name = "name" }': 'tag_id = "id", name = "name", tag_category_id = "\'sky\'" }'})
    return each(desk, CLASSIFIED, "--category-id", "weather")


@provokes("unclassified-empty")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk)
    return each(desk, CLASSIFIED, "--unclassified", " ")


# --- sources


@provokes("tags-not-mapped")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={TAGGED: ""})
    return each(desk, CLASSIFIED)


@provokes("paths-not-mapped")
def _(desk: Desk) -> list[Outcome]:
    pictures(desk, toml={'path = "path", ': ""})
    return each(desk, ("coco", "yolo", *CLASSIFIED))


@provokes("classes-not-mapped")
def _(desk: Desk) -> list[Outcome]:
    labels = TOML[TOML.index("[sources.pictures.records.label]") : TOML.index("[sources.pictures.records.tag]")]
    pictures(desk, toml={labels: ""})
    return each(desk, ("coco", "yolo"))


# --- files of others


def _checked(desk: Desk, format: str, files: Mapping[str, bytes]) -> Outcome:
    with zipfile.ZipFile(desk.folder / "given.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return desk.exporter("check", "given.zip", "--format", format, "--json")


@provokes("check-coco-cut-off")
def _(desk: Desk) -> Outcome:
    return _checked(desk, "coco", {"annotations.json": b'{"images": [{"id": 1, "file_name": "1.jpg"'})


@provokes("check-yolo-no-data")
def _(desk: Desk) -> Outcome:
    return _checked(desk, "yolo", {"images/train/1.jpg": PIXELS, "labels/train/1.txt": b"0 0.5 0.5 0.2 0.2\n"})


@provokes("check-yolo-class")
def _(desk: Desk) -> Outcome:
    data = b"train: images/train\nval: images/train\nnames: [car]\n"
    files = {"data.yaml": data, "images/train/1.jpg": PIXELS, "labels/train/1.txt": b"1 0.5 0.5 0.2 0.2\n"}
    return _checked(desk, "yolo", files)


@provokes("check-manifest-leads-out")
def _(desk: Desk) -> Outcome:
    return _checked(
        desk, "csv-manifest", {"manifest.csv": b"image_path,class_name,split\r\n../../secret.jpg,rain,train\r\n"}
    )


@provokes("check-folder-empty")
def _(desk: Desk) -> Outcome:
    return _checked(desk, "imagefolder", {"train/rain/1.jpg": PIXELS, "train/sun/": b""})
