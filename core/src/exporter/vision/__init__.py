"""What the formats of annotated images share."""
