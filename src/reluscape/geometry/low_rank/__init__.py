"""Planar and spherical arrangements: data of rank two and three."""
