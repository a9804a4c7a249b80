-- The tables of a made-up platform for camera traps that watch insects at night.
create table projects (id integer primary key, slug text not null, name text not null, team text not null);

create table sites (
    id integer primary key,
    project_id integer not null references projects,
    code text not null,
    name text not null,
    country_code text not null,
    latitude real not null,
    longitude real not null,
    uncertainty_m integer not null
);

create table devices (id integer primary key, name text not null, model text not null);

-- A deployment is a trap at a site over a season; its nights point to it.
create table events (
    id integer primary key,
    uid text not null,
    project_id integer not null references projects,
    parent_id integer references events,
    kind text not null check (kind in ('deployment', 'night')),
    site_id integer not null references sites,
    device_id integer not null references devices,
    start_at text not null,
    end_at text not null,
    effort_hours real not null,
    captures_count integer not null,
    updated_at text not null
);

create table taxa (
    id integer primary key,
    parent_id integer references taxa,
    name text not null,
    rank text not null,
    common_name text,
    kingdom text,
    phylum text,
    class text,
    "order" text,
    family text,
    genus text,
    epithet text
);

create table users (id integer primary key, name text not null, email text not null);

create table algorithms (id integer primary key, name text not null, version text not null);

-- The determination is what the identifications amount to; the platform keeps it here.
create table occurrences (
    id integer primary key,
    uid text not null,
    project_id integer not null references projects,
    event_id integer not null references events,
    determination_id integer references taxa,
    determination_score real,
    determined_by_user_id integer references users,
    determined_by_algorithm_id integer references algorithms,
    determined_at text,
    individual_count integer not null,
    first_seen_at text not null,
    last_seen_at text not null,
    withdrawn integer not null,
    created_at text not null,
    updated_at text not null
);

-- A capture is a whole picture; a crop is a detection in it and points to its capture and its occurrence.
create table images (
    id integer primary key,
    project_id integer not null references projects,
    event_id integer not null references events,
    kind text not null check (kind in ('capture', 'crop')),
    parent_id integer references images,
    occurrence_id integer references occurrences,
    path text not null,
    taken_at text not null,
    width integer not null,
    height integer not null,
    bbox_x integer,
    bbox_y integer,
    bbox_width integer,
    bbox_height integer,
    score real
);

create table identifications (
    id integer primary key,
    project_id integer not null references projects,
    occurrence_id integer not null references occurrences,
    taxon_id integer not null references taxa,
    user_id integer references users,
    algorithm_id integer references algorithms,
    score real,
    remarks text,
    withdrawn integer not null,
    created_at text not null
);

create table measurements (
    id integer primary key,
    project_id integer not null references projects,
    event_id integer not null references events,
    occurrence_id integer references occurrences,
    type text not null,
    value real not null,
    unit text not null,
    method text not null,
    device_id integer not null references devices,
    measured_at text not null
);

-- What one occurrence was to another.
create table relationships (
    id integer primary key,
    project_id integer not null references projects,
    occurrence_id integer not null references occurrences,
    related_id integer not null references occurrences,
    kind text not null
);

-- What is looked for in every night of a deployment.
create table targets (
    id integer primary key,
    project_id integer not null references projects,
    event_id integer not null references events,
    taxon_id integer not null references taxa
);

create table collections (id integer primary key, project_id integer not null references projects, name text not null);

create table collection_captures (
    collection_id integer not null references collections,
    image_id integer not null references images,
    primary key (collection_id, image_id)
) without rowid;
