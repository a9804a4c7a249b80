"""What a host says about its database: a query for each record of a takeoff.

Each query walks one table in the order of its key. Labels are the record's fields; `_key` is the driving table's primary key,
`_project` tells projects apart. What stands in another table is looked up by its key: without a join, so that SQLite can look into
the query from outside and take the indexes of `measurements`. Labels in INTEGERS are the host's own integers; every other label of
a text field holds text only.
"""

from __future__ import annotations

INTEGERS = frozenset(("project_id", "page_id", "condition_id", "measurement_id"))

_PROJECT = """
select
    p.id as _key,
    p.id as _project,
    p.id as project_id,
    p.title as name,
    p.about as description,
    p.customer as client
from projects p
"""

_PAGE = """
select
    g.id as _key,
    g.project_id as _project,
    g.id as page_id,
    g.project_id as project_id,
    g.number as page_number,
    g.sheet as sheet_number,
    g.title as sheet_title,
    g.width_px as width,
    g.height_px as height,
    g.px_per_unit as scale,
    g.unit as scale_unit,
    g.scale_label as scale_text
from pages g
"""

_CONDITION = """
select
    c.id as _key,
    c.project_id as _project,
    c.id as condition_id,
    c.project_id as project_id,
    c.name as name,
    c.details as description,
    c.trade as scope,
    c.category as category,
    c.kind as measurement_type,
    c.colour as colour,
    c.uom as unit,
    c.depth as depth,
    c.thickness as thickness,
    c.building as building,
    c.zone as area,
    c.level as elevation,
    c.total as total_quantity,
    c.drawn as measurement_count,
    (select a.material from assemblies a where a.id = c.assembly_id) as material_unit_cost,
    (select a.labour from assemblies a where a.id = c.assembly_id) as labour_unit_cost,
    (select a.equipment from assemblies a where a.id = c.assembly_id) as equipment_unit_cost,
    (select a.subcontract from assemblies a where a.id = c.assembly_id) as subcontract_unit_cost,
    (select a.other from assemblies a where a.id = c.assembly_id) as other_unit_cost,
    (select a.markup_percent from assemblies a where a.id = c.assembly_id) as markup_percent
from conditions c
"""

_MEASUREMENT = """
select
    m.id as _key,
    (select c.project_id from conditions c where c.id = m.condition_id) as _project,
    m.id as measurement_id,
    m.condition_id as condition_id,
    m.page_id as page_id,
    m.shape as geometry_type,
    m.geometry as geometry,
    m.quantity as quantity,
    m.uom as unit,
    m.length_px as pixel_length,
    m.area_px as pixel_area,
    m.by_model as is_ai_generated,
    m.verified as is_verified,
    m.remark as notes
from measurements m
"""

RECORDS: dict[str, str] = {
    "project": _PROJECT,
    "page": _PAGE,
    "condition": _CONDITION,
    "measurement": _MEASUREMENT,
}
