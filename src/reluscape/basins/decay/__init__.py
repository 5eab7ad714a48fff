"""Basins with weight decay: value, proof of an interval, many at once."""
