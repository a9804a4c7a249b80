"""A CSV manifest: the paths of images with their classes and splits."""
