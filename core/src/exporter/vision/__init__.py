"""What the formats of annotated images share.

docs/writing-an-annotation-format.md writes a format with it, and lists what is stable for plugins.
"""
