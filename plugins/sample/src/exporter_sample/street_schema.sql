-- The tables of a made-up platform where people and models annotate pictures of streets.
create table projects (id integer primary key, name text not null, description text not null);

create table datasets (
    id integer primary key,
    project_id integer not null references projects,
    name text not null,
    description text not null
);

create table tasks (
    id integer primary key,
    project_id integer not null references projects,
    dataset_id integer not null references datasets,
    name text not null,
    split text not null check (split in ('train', 'val', 'test', 'none'))
);

-- One after another in each task: drawing, review, correction.
create table jobs (
    id integer primary key,
    task_id integer not null references tasks,
    stage text not null check (stage in ('annotation', 'review', 'correction')),
    assignee text not null,
    started_at text not null
);

-- The job is the one that an image is first annotated in. Width and height are those that people see.
create table images (
    id integer primary key,
    dataset_id integer not null references datasets,
    task_id integer not null references tasks,
    job_id integer not null references jobs,
    path text not null,
    width integer not null,
    height integer not null,
    size_bytes integer not null,
    mime text not null,
    exif_orientation integer not null,
    taken_at text not null
);

create table labels (
    id integer primary key,
    project_id integer not null references projects,
    name text not null,
    parent text,
    colour text not null,
    keypoints text,
    skeleton text
);

create table tag_categories (id integer primary key, project_id integer not null references projects, name text not null);

create table tags (
    id integer primary key,
    category_id integer not null references tag_categories,
    name text not null,
    colour text not null
);

create table image_tags (
    id integer primary key,
    image_id integer not null references images,
    tag_id integer not null references tags
);

-- Every version is a row; the versions of an annotation have one uid. Only the newest has no valid_to.
create table annotations (
    id integer primary key,
    uid text not null,
    version integer not null,
    image_id integer not null references images,
    label_id integer not null references labels,
    job_id integer not null references jobs,
    shape_type text not null check (shape_type in ('rectangle', 'polygon', 'mask', 'skeleton')),
    x real,
    y real,
    w real,
    h real,
    angle real,
    shape text,
    keypoints text,
    area real,
    is_crowd integer not null,
    score real,
    attributes text,
    created_by text not null,
    valid_from text not null,
    valid_to text,
    deleted_at text
);
