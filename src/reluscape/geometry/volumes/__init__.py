"""Solid angles of regions and the law of one unit's pattern."""
