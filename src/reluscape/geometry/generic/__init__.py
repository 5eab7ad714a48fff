"""Regions of data in general position, listed by a sweep."""
