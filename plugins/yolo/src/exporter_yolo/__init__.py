"""YOLO data sets: a label file for each image, and data.yaml (https://docs.ultralytics.com/datasets/)."""
