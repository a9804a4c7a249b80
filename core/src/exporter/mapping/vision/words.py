"""What tables and columns of annotation platforms are called, beside the fields' own names.

A name stands here only if it means one thing wherever it stands in a table of its record. Boxes, outlines and key points have names
of their own: `boxes.py` and `shapes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

SHAPE_FIELDS = frozenset(
    {"kind", "bbox_x", "bbox_y", "bbox_width", "bbox_height", "geometry", "keypoints", "units"}
)  # `shapes.py` finds them
ANNOTATIONS = ("annotation", "imageannotation", "objectannotation", "annotationversion", "annotationrevision", "instance")
SHAPES = (
    *("detection", "boundingbox", "bbox", "box", "rectangle", "segmentation", "polygon", "mask", "contour"),
    *("keypoint", "pose", "landmark", "labeledshape", "shape", "region", "roi"),
)
POINTS = ("keypoint", "pose", "landmark")
JOBS = ("job", "segment", "assignment", "batch", "sequence")
CONTENTS = ("data", "content", "media", "video", "upload", "batch")  # what images and a task are both of
TABLES: Mapping[str, tuple[str, ...]] = {
    "project": ("project", "workspace"),
    "dataset": ("dataset", "imageset"),
    "task": ("task", "annotationtask", "batch"),
    "tag_category": ("tagcategory", "taggroup", "tagtype", "tagset", "category"),
    "tag": ("tag", "label", "class", "category"),
    "label": ("label", "category", "class", "annotationclass", "objectclass", "labelclass"),
    "image": ("image", "picture", "photo", "frame", "asset", "imagefile", "mediafile", "dataitem", "item", "file", "task"),
    "image_tag": ("imagetag", "imagelabel", "labeledimage", "taggedimage", "imageclass", "imageclassification"),
    "annotation": (*ANNOTATIONS, *SHAPES, "completion", "result"),
}
SPLITS = frozenset({"none", "unassigned", "unlabeled", "unlabelled", "null", "-"})  # words for no split

PATHS = (
    *("path", "filepath", "relativepath", "relpath", "storagekey", "storagepath", "s3key", "objectkey", "key", "blobname"),
    *("imagepath", "filename", "imagefile", "file", "src", "uri", "imageuri", "fileuri", "url", "imageurl", "fileurl"),
    *("image", "imagename", "name", "title", "originalfilename", "originalname"),
)
CLASSES = ("classname", "class", "label", "labelname", "category", "categoryname", "objectclass")
_NAMED: Mapping[str, str] = {"title": "name", "displayname": "name"}
_COLOURS: Mapping[str, str] = {"color": "?colour", "hexcolor": "?colour", "colorhex": "?colour", "hex": "?colour"}
_SPLIT: Mapping[str, str] = {"subset": "?split", "datasetsplit": "?split", "partition": "?split", "splittype": "?split"}
_JOB: Mapping[str, str] = {"job": "job_id", "jobuuid": "job_id", "annotationjobid": "job_id"}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "project": {**_NAMED},
    "dataset": {**_NAMED},
    "task": {**_NAMED, **_SPLIT},
    "tag_category": {**_NAMED},
    "tag": {**_NAMED, **_COLOURS, "tag": "name", "category": "tag_category_id", "categoryname": "tag_category_id"},
    "label": {
        **_COLOURS,
        **dict.fromkeys(("name", "labelname", "categoryname", "label", "class", "category", "title"), "class_name"),
        **dict.fromkeys(("superclass", "parentname", "parentclass"), "supercategory"),
        **dict.fromkeys(("keypointnames", "landmarks"), "?keypoints"),
        **dict.fromkeys(("skeletonedges", "edges", "connections"), "?skeleton"),
    },
    "image": {
        **_SPLIT,
        **_JOB,
        **dict.fromkeys(PATHS, "?path"),
        **dict.fromkeys(("imagewidth", "imgwidth", "widthpx", "pixelwidth"), "?width"),
        **dict.fromkeys(("imageheight", "imgheight", "heightpx", "pixelheight"), "?height"),
        **dict.fromkeys(("filesizebytes", "sizebytes", "bytes", "size", "contentlength"), "?file_size"),
        **dict.fromkeys(("mimetype", "mime", "contenttype", "format"), "?media_type"),
        **dict.fromkeys(("exiforientation", "exif"), "?orientation"),
        **dict.fromkeys(("takenat", "capturedat", "datetaken", "datecaptured", "capturetime", "shotat"), "?captured"),
    },
    "image_tag": {},
    "annotation": {
        **_JOB,
        **dict.fromkeys(CLASSES, "?class_name"),
        **dict.fromkeys(("angle", "rotationdeg", "rotationangle", "rotationdegrees"), "?rotation"),
        **dict.fromkeys(("confidence", "probability", "conf", "confidencescore"), "?score"),
        **dict.fromkeys(("crowd", "isacrowd"), "?iscrowd"),
        **dict.fromkeys(("areapx", "pixelarea"), "?area"),
        **dict.fromkeys(("metadata", "meta", "properties", "attrs", "extra"), "?attributes"),
        **dict.fromkeys(("origin", "modelname", "model", "annotationsource"), "?source"),
        **dict.fromkeys(("versionnumber", "versionno", "revision", "revisionnumber"), "?version"),
        **dict.fromkeys(("validsince", "effectivefrom", "versionfrom"), "?valid_from"),
        **dict.fromkeys(("validuntil", "effectiveto", "versionto", "supersededat", "replacedat"), "?valid_to"),
        **dict.fromkeys(("deletedon", "datedeleted", "removedat", "deleted"), "?deleted_at"),
    },
}
APART: Mapping[str, frozenset[str]] = {"annotation": SHAPE_FIELDS}
DELETED = ("isdeleted", "deleted", "isremoved", "removed")
DELETED_AT = ("deletedat", "deletedon", "datedeleted", "removedat")
CHANGED = ("updatedat", "modifiedat", "lastmodified", "updatedon", "updated", "modified", "dateupdated", "updateddate")
CREATED = ("createdat", "createdon", "created", "datecreated", "createddate")
VERSIONED_IDS = ("annotationuuid", "annotationuid", "uuid", "uid", "guid", "objectid", "publicid")
FRAMES = ("frame", "framenumber", "frameindex", "frameno", "imageindex", "sequencenumber")
BOXES = (
    "bbox",
    "boundingbox",
    "box",
    "rect",
    "rectangle",
    "xywh",
    "xyxy",
    "ltrb",
    "cxcywh",
    "bboxxywh",
    "bboxxyxy",
    "bboxcxcywh",
)
OUTLINES = (
    *("geometry", "segmentation", "polygon", "polygons", "points", "shape", "outline", "contour", "coordinates", "coords"),
    *("vertices", "geojson", "wkt", "geom", "mask", "rle", "segmentationmask", "maskrle", "rlemask", "result", "data"),
)
KEYPOINTS = ("keypoints", "keypoint", "landmarks", "joints", "pose")
OF_POINTS = ("points", "coordinates", "coords", "data")  # in a table of key points
KINDS = ("kind", "shapetype", "geometrytype", "annotationtype", "type", "format", "shape", "tool")
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "box": ("box", "bbox", "boundingbox", "rectangle", "rect", "rectanglelabels", "detection"),
    "rotated_box": ("rotatedbox", "rotatedrectangle", "obb", "orientedbox", "orientedboundingbox", "rbox"),
    "polygon": ("polygon", "polygonlabels", "multipolygon"),
    "mask": ("mask", "rle", "bitmask", "bitmap", "brush", "brushlabels"),
    "keypoints": ("keypoints", "keypoint", "pose", "keypointlabels"),
    "": ("segmentation", "segment", "instance"),
}
