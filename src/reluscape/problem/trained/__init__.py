"""A trained network opened: read from any library or file, and matched to its data."""
