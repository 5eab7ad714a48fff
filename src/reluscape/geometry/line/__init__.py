"""Inputs on a line: where units kink and which functions they make."""
