"""Local minima with weight decay: the first-order test unit by unit, the proof beside floats, descent."""
