"""What a draft of an annotation platform's database says."""

from __future__ import annotations

from exporter.mapping.known import Texts

TEXTS = Texts(
    preview="coco",
    media="the folder in which the paths of images are found",
    nothing="""\
# No table was found that holds images with annotations or tags. Tables there are: {tables}.
# Describe what there is by hand, for instance:
#
# [sources.{name}.records.image]
# table = "..."
# [sources.{name}.records.image.columns]
# image_id = "..."
# path = "..."
#
# [sources.{name}.records.annotation]
# table = "..."
# [sources.{name}.records.annotation.columns]
# image_id = "..."
# class_name = "..."
# bbox_x = "..."
# bbox_y = "..."
# bbox_width = "..."
# bbox_height = "..."
""",
)
