"""COCO: images, categories and annotations as JSON (https://cocodataset.org/#format-data)."""
