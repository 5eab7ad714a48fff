"""Faces of every dimension of the arrangement, their counts, and the zonotope dual to it."""
