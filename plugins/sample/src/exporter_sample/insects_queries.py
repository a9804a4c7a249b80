"""What a host says about its database: a query for each record, its own filter, and the data set's metadata.

Each query walks one table in the order of its key and looks everything else up by keys, so that rows come in the order of
`_key` without a sort. Labels are the record's fields; `_key` is the driving table's primary key, `_project` tells projects
apart. Taxa belong to no project and have no `_project`. Every label of a text field holds text only.

Dates, times, year, month and day of an event are left to whoever writes them: they follow from its start and end.
"""

from __future__ import annotations

from typing import Any

_TAXON = """
select
    t.id as _key,
    cast(t.id as text) as taxon_id,
    cast(t.parent_id as text) as parent_taxon_id,
    t.name as scientific_name,
    lower(t.rank) as taxon_rank,
    t.common_name as vernacular_name,
    t.kingdom as kingdom,
    t.phylum as phylum,
    t.class as class_,
    t."order" as "order",
    t.family as family,
    t.genus as genus
from taxa t
"""

_EVENT = """
select
    e.id as _key,
    e.project_id as _project,
    e.uid as event_id,
    parent.uid as parent_event_id,
    case e.kind when 'deployment' then 'Deployment' else 'Sampling night' end as event_type,
    e.start_at as event_start,
    e.end_at as event_end,
    'Insects at an illuminated screen, photographed at fixed intervals (' || d.model || ')' as sampling_protocol,
    e.captures_count as sample_size_value,
    'images' as sample_size_unit,
    printf('%.1f hours', e.effort_hours) as sampling_effort,
    s.code as location_id,
    s.name as locality,
    s.country_code as country_code,
    s.latitude as decimal_latitude,
    s.longitude as decimal_longitude,
    'EPSG:4326' as geodetic_datum,
    s.uncertainty_m as coordinate_uncertainty_in_meters,
    p.name as dataset_name,
    'http://creativecommons.org/publicdomain/zero/1.0/legalcode' as license,
    p.team as rights_holder,
    e.updated_at as modified
from events e
left join events parent on parent.id = e.parent_id
left join projects p on p.id = e.project_id
left join sites s on s.id = e.site_id
left join devices d on d.id = e.device_id
"""

_OCCURRENCE = """
select
    o.id as _key,
    o.project_id as _project,
    o.uid as occurrence_id,
    e.uid as event_id,
    case when o.determined_by_user_id is null then 'MachineObservation' else 'HumanObservation' end as basis_of_record,
    'present' as occurrence_status,
    cast(o.determination_id as text) as taxon_id,
    t.name as scientific_name,
    lower(t.rank) as taxon_rank,
    t.kingdom as kingdom,
    t.phylum as phylum,
    t.class as class_,
    t."order" as "order",
    t.family as family,
    t.genus as genus,
    t.epithet as specific_epithet,
    t.common_name as vernacular_name,
    o.individual_count as individual_count,
    'adult' as life_stage,
    'at light' as behavior,
    p.team as recorded_by,
    coalesce(u.name, a.name || ' ' || a.version) as identified_by,
    o.determined_at as date_identified,
    case when o.determined_by_user_id is null then 'unverified' else 'verified' end as identification_verification_status,
    'https://media.insects.example.org/crops/' || o.uid || '/1.jpg' as associated_media,
    o.updated_at as modified,
    o.first_seen_at as occurrence_start,
    o.last_seen_at as occurrence_end,
    o.determination_score as score,
    o.determined_by_user_id is not null as verified,
    o.withdrawn as withdrawn
from occurrences o
left join events e on e.id = o.event_id
left join projects p on p.id = o.project_id
left join taxa t on t.id = o.determination_id
left join users u on u.id = o.determined_by_user_id
left join algorithms a on a.id = o.determined_by_algorithm_id
"""

_IDENTIFICATION = """
select
    i.id as _key,
    i.project_id as _project,
    'identification-' || i.id as identification_id,
    o.uid as occurrence_id,
    cast(i.taxon_id as text) as taxon_id,
    t.name as scientific_name,
    lower(t.rank) as taxon_rank,
    coalesce(u.name, a.name || ' ' || a.version) as identified_by,
    i.created_at as date_identified,
    case when i.user_id is null or i.withdrawn then 'unverified' else 'verified' end as identification_verification_status,
    i.remarks as identification_remarks,
    i.user_id is null as machine,
    i.score as score,
    i.withdrawn as withdrawn
from identifications i
left join occurrences o on o.id = i.occurrence_id
left join taxa t on t.id = i.taxon_id
left join users u on u.id = i.user_id
left join algorithms a on a.id = i.algorithm_id
"""

_MEDIA = """
select
    i.id as _key,
    i.project_id as _project,
    'image-' || i.id as media_id,
    e.uid as event_id,
    o.uid as occurrence_id,
    'StillImage' as type,
    'image/jpeg' as format,
    'https://media.insects.example.org/' || i.path as identifier,
    'https://insects.example.org/' || case i.kind when 'capture' then 'captures/' || i.id else 'occurrences/' || o.uid end
        as "references",
    case i.kind when 'capture' then 'Capture ' else 'Crop ' end || i.id as title,
    case i.kind when 'capture' then 'The whole screen' else 'One detection, cut from a capture' end as description,
    i.taken_at as created,
    p.team as creator,
    'http://creativecommons.org/publicdomain/zero/1.0/legalcode' as license,
    p.team as rights_holder,
    'https://media.insects.example.org/' || capture.path as source_identifier,
    coalesce(capture.width, i.width) as width,
    coalesce(capture.height, i.height) as height,
    i.bbox_x as bbox_x,
    i.bbox_y as bbox_y,
    i.bbox_width as bbox_width,
    i.bbox_height as bbox_height,
    i.score as score
from images i
left join events e on e.id = i.event_id
left join occurrences o on o.id = i.occurrence_id
left join images capture on capture.id = i.parent_id
left join projects p on p.id = i.project_id
"""

_MEASUREMENT = """
select
    m.id as _key,
    m.project_id as _project,
    'measurement-' || m.id as measurement_id,
    e.uid as event_id,
    o.uid as occurrence_id,
    m.type as measurement_type,
    printf('%.1f', m.value) as measurement_value,
    m.unit as measurement_unit,
    d.name as measurement_determined_by,
    m.measured_at as measurement_determined_date,
    m.method as measurement_method
from measurements m
left join events e on e.id = m.event_id
left join occurrences o on o.id = m.occurrence_id
left join devices d on d.id = m.device_id
"""

_RELATIONSHIP = """
select
    r.id as _key,
    r.project_id as _project,
    'relationship-' || r.id as resource_relationship_id,
    e.uid as event_id,
    o.uid as occurrence_id,
    other.uid as related_resource_id,
    r.kind as relationship_of_resource,
    p.team as relationship_according_to
from relationships r
left join occurrences o on o.id = r.occurrence_id
left join events e on e.id = o.event_id
left join occurrences other on other.id = r.related_id
left join projects p on p.id = r.project_id
"""

_SURVEY = """
select
    e.id as _key,
    e.project_id as _project,
    'survey-' || e.id as survey_id,
    e.uid as event_id,
    'forest edge' as target_habitat_scope,
    e.effort_hours as event_duration_value,
    'hour' as event_duration_unit,
    'Lepidoptera | Coleoptera | Hemiptera | Hymenoptera | Diptera' as target_taxonomic_scope,
    'Araneae' as excluded_taxonomic_scope,
    1 as is_taxonomic_scope_fully_reported,
    0 as is_absence_reported,
    0 as has_non_target_taxa,
    'adult' as target_life_stage_scope,
    1 as is_life_stage_scope_fully_reported,
    'restrictedSearch' as inventory_types,
    'Illuminated screen' as protocol_names,
    1 as is_abundance_reported,
    0 as has_vouchers,
    p.team as sampling_performed_by,
    1 as is_sampling_effort_reported,
    'hours during which the screen was lit' as sampling_effort_protocol,
    e.effort_hours as sampling_effort_value,
    'trap hours' as sampling_effort_unit
from events e
left join projects p on p.id = e.project_id
where e.kind = 'night'
"""

_TARGET = """
select
    g.id as _key,
    g.project_id as _project,
    'target-' || g.id as target_id,
    e.uid as event_id,
    1 as in_parts,
    cast(g.taxon_id as text) as taxon_id
from targets g
left join events e on e.id = g.event_id
"""

RECORDS: dict[str, str] = {
    "taxon": _TAXON,
    "event": _EVENT,
    "occurrence": _OCCURRENCE,
    "identification": _IDENTIFICATION,
    "media": _MEDIA,
    "measurement": _MEASUREMENT,
    "relationship": _RELATIONSHIP,
    "survey": _SURVEY,
    "target": _TARGET,
}

FILTERS: dict[str, dict[str, str]] = {
    "collection_id": {
        "type": "integer",
        "help": "Only occurrences that were detected in captures of this collection",
        "record": "occurrence",
        "where": """_key in (
            select i.occurrence_id from collection_captures c join images i on i.parent_id = c.image_id
            where c.collection_id = :value
        )""",
        "label": "select name from collections where id = :value",
    },
}

_ORGANIZATION: dict[str, Any] = {
    "organization": "Nocturne Insect Survey (made up for samples)",
    "url": "https://insects.example.org",
    "address": {"city": "Silkeborg", "country": "DK"},
}
_KEEPER: dict[str, Any] = {
    **_ORGANIZATION,
    "given_name": "Josiah",
    "surname": "Carberry",
    "position": "Data manager",
    "email": "data@insects.example.org",
    "orcid": "0000-0002-1825-0097",  # ORCID's own made-up person
}

DATASET: dict[str, Any] = {
    "title": "Sample data: insects at light screens in Panama, Vermont, Canada and Denmark",
    "abstract": (
        "Made-up sample data, not observations: no organization, person, picture or record in it is real. It has the shape "
        "of what camera traps for nocturnal insects give: nights at illuminated screens, the insects detected in each "
        "capture, and their determinations by models and by people."
    ),
    "license": "CC0-1.0",
    "keywords": ["sample data", "camera trap", "moths", "insects", "light screen", "automated monitoring"],
    "creators": [{**_KEEPER, "role": "originator"}],
    "contacts": [{**_KEEPER, "role": "pointOfContact"}],
    "metadata_providers": [{**_KEEPER, "role": "metadataProvider"}],
    "methods": {
        "sampling_description": (
            "From dusk to dawn a camera photographs an illuminated screen at fixed intervals. A detector finds the insects "
            "in each capture, a tracker joins detections of one individual, a classifier names it, and people verify a part "
            "of the names. All of this is simulated."
        ),
        "study_extent": "Two seasons, 2023 and 2024, at made-up traps in Panama, Vermont, eastern Canada and Denmark.",
    },
}
