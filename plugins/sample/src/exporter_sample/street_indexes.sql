-- Made after the rows, which is faster.
create index datasets_project on datasets (project_id);
create index tasks_project on tasks (project_id);
create index tasks_dataset on tasks (dataset_id);
create index jobs_task on jobs (task_id);
create unique index images_path on images (path);
create index images_dataset on images (dataset_id);
create index images_task on images (task_id);
create index images_job on images (job_id);
create index labels_project on labels (project_id);
create unique index labels_name on labels (name, project_id);
create index tag_categories_project on tag_categories (project_id);
create unique index tags_name on tags (category_id, name);
create unique index image_tags_fact on image_tags (image_id, tag_id);
create index image_tags_tag on image_tags (tag_id);
create unique index annotations_version on annotations (uid, version);
create index annotations_image on annotations (image_id);
create index annotations_label on annotations (label_id);
create index annotations_job on annotations (job_id);
