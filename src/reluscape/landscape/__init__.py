"""The whole landscape: global minima, valleys and barriers, and paths."""
