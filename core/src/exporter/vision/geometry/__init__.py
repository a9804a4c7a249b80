"""Geometry of annotations: what hosts store as text, read into one kind of shape, measured, drawn into masks, turned.

Pure functions on numbers: they know no database and no format. Coordinates are pixels from the upper left corner, y points
downwards.
"""
