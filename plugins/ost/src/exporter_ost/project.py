"""The one project that a file is about."""

from __future__ import annotations

from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.takeoff.data import Project, Takeoff

_MOST = 10  # projects that a message names


def only_project(ctx: ExportContext, found: Takeoff) -> Project:
    """The project of all conditions; where these name none, the only one that the source has, or one without a name.

    :raises InputError: where there are several, with the first of them.
    """
    by_id = {each.project_id: each for each in found.projects}
    named = list(dict.fromkeys(each.project_id for each in found.conditions if each.project_id)) or list(by_id)
    if len(named) > 1:
        names = ", ".join(_called(by_id.get(uid, Project(uid))) for uid in named[:_MOST])
        more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
        raise InputError(
            f"One file is one project, and source '{ctx.source.name}' has {len(named)}: {names}{more}.",
            hint="Name one of them with --project.",
        )
    return by_id.get(named[0], Project(named[0])) if named else Project()


def _called(project: Project) -> str:
    return f"{project.project_id} ({project.name})" if project.name else project.project_id
