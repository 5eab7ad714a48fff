"""One unit's arrangement: flats, regions, faces, counts, vertices and solid angles."""
