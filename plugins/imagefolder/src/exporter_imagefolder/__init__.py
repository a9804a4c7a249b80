"""Folders of images, one for each class, as torchvision.datasets.ImageFolder reads them."""
