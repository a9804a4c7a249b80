"""What a host says about its database: a query for each record of annotated images.

Each query walks one table in the order of its key. Labels are the record's fields; `_key` is the driving table's primary key,
`_project` tells projects apart, looked up by keys where the table has no such column: without a join, so that SQLite can look
into the query from outside and take the index on `image_id`. Labels in INTEGERS are the host's own integers; every other label
of a text field holds text only.
"""

from __future__ import annotations

INTEGERS = frozenset(
    ("project_id", "dataset_id", "task_id", "job_id", "image_id", "image_tag_id", "tag_category_id", "tag_id", "label_id")
)

_PROJECT = """
select p.id as _key, p.id as _project, p.id as project_id, p.name as name, p.description as description
from projects p
"""

_DATASET = """
select
    d.id as _key,
    d.project_id as _project,
    d.id as dataset_id,
    d.project_id as project_id,
    d.name as name,
    d.description as description
from datasets d
"""

_TASK = """
select
    t.id as _key,
    t.project_id as _project,
    t.id as task_id,
    t.project_id as project_id,
    t.dataset_id as dataset_id,
    t.name as name,
    t.split as split
from tasks t
"""

_TAG_CATEGORY = """
select c.id as _key, c.project_id as _project, c.id as tag_category_id, c.name as name
from tag_categories c
"""

_TAG = """
select
    t.id as _key,
    (select c.project_id from tag_categories c where c.id = t.category_id) as _project,
    t.id as tag_id,
    t.category_id as tag_category_id,
    t.name as name,
    t.colour as colour
from tags t
"""

_LABEL = """
select
    l.id as _key,
    l.project_id as _project,
    l.id as label_id,
    l.name as class_name,
    l.parent as supercategory,
    l.colour as colour,
    l.keypoints as keypoints,
    l.skeleton as skeleton
from labels l
"""

_IMAGE = """
select
    i.id as _key,
    (select d.project_id from datasets d where d.id = i.dataset_id) as _project,
    i.id as image_id,
    i.task_id as task_id,
    i.dataset_id as dataset_id,
    i.job_id as job_id,
    i.path as path,
    i.width as width,
    i.height as height,
    i.size_bytes as file_size,
    i.mime as media_type,
    i.exif_orientation as orientation,
    i.taken_at as captured
from images i
"""

_IMAGE_TAG = """
select
    f.id as _key,
    (select c.project_id from tags t join tag_categories c on c.id = t.category_id where t.id = f.tag_id) as _project,
    f.id as image_tag_id,
    f.image_id as image_id,
    f.tag_id as tag_id
from image_tags f
"""

_ANNOTATION = """
select
    a.id as _key,
    (select l.project_id from labels l where l.id = a.label_id) as _project,
    a.uid as annotation_id,
    a.image_id as image_id,
    a.label_id as label_id,
    case a.shape_type
        when 'rectangle' then case when a.angle is null then 'box' else 'rotated_box' end
        when 'skeleton' then 'keypoints'
        else a.shape_type
    end as kind,
    a.x as bbox_x,
    a.y as bbox_y,
    a.w as bbox_width,
    a.h as bbox_height,
    a.angle as rotation,
    a.shape as geometry,
    a.keypoints as keypoints,
    a.area as area,
    a.is_crowd as iscrowd,
    a.score as score,
    a.created_by as source,
    a.attributes as attributes,
    a.version as version,
    a.job_id as job_id,
    a.valid_from as valid_from,
    a.valid_to as valid_to,
    a.deleted_at as deleted_at
from annotations a
"""

RECORDS: dict[str, str] = {
    "project": _PROJECT,
    "dataset": _DATASET,
    "task": _TASK,
    "tag_category": _TAG_CATEGORY,
    "tag": _TAG,
    "label": _LABEL,
    "image": _IMAGE,
    "image_tag": _IMAGE_TAG,
    "annotation": _ANNOTATION,
}
