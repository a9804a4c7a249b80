-- The tables of a made-up takeoff application: drawings of buildings, and what estimators have measured on them.
create table projects (id integer primary key, title text not null, about text not null, customer text not null);

-- Width and height in pixels. A page without a scale has no pixels per unit.
create table pages (
    id integer primary key,
    project_id integer not null references projects,
    number integer not null,
    sheet text not null,
    title text not null,
    width_px real not null,
    height_px real not null,
    px_per_unit real,
    unit text check (unit in ('ft', 'm')),
    scale_label text not null
);

-- What one unit of work costs, without markup.
create table assemblies (
    id integer primary key,
    code text not null,
    name text not null,
    material real,
    labour real,
    equipment real,
    subcontract real,
    other real,
    markup_percent real
);

-- Total and count are kept by the application, and may be stale. Depth and thickness in inches; in millimetres where the unit is metric.
create table conditions (
    id integer primary key,
    project_id integer not null references projects,
    assembly_id integer references assemblies,
    name text not null,
    details text,
    trade text not null,
    category text not null,
    kind text not null check (kind in ('linear', 'area', 'volume', 'count')),
    uom text not null,
    colour text not null,
    depth real,
    thickness real,
    building text,
    zone text,
    level text,
    total real not null,
    drawn integer not null
);

create table measurements (
    id integer primary key,
    condition_id integer not null references conditions,
    page_id integer not null references pages,
    shape text not null check (shape in ('line', 'polyline', 'polygon', 'rectangle', 'circle', 'point')),
    geometry text not null,
    quantity real not null,
    uom text not null,
    length_px real,
    area_px real,
    by_model integer not null,
    verified integer not null,
    remark text
);
