"""Sample databases of any size that are always the same, and the sources that read them."""
