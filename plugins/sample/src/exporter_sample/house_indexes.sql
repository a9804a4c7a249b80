-- Made after the rows, which is faster.
create index pages_project on pages (project_id);
create unique index pages_number on pages (project_id, number);
create index conditions_project on conditions (project_id);
create index conditions_assembly on conditions (assembly_id);
create unique index assemblies_code on assemblies (code);
create index measurements_condition on measurements (condition_id, id);
create index measurements_page on measurements (page_id);
