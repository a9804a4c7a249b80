"""Core's own answers to the hooks that a format need not answer; they are asked last."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exporter import packaging, store
from exporter.context import ExportContext
from exporter.parts import Part
from exporter.store import Artifact


class Defaults:
    """A zip, a folder or a single file, published in a local folder."""

    def exporter_package(self, ctx: ExportContext, parts: Iterable[Part]) -> Path:
        """Write the parts as the format's packaging says."""
        return packaging.package(ctx, parts, ctx.format.packaging_for(ctx.options))

    def exporter_store(self, ctx: ExportContext, file: Path) -> Artifact:
        """Move the file to `ctx.output`."""
        assert ctx.output is not None
        ctx.cancel.settled = True
        return store.publish(file, ctx.output, force=ctx.force, known=ctx.digests.get(file))
