"""Numbers: exact arithmetic, intervals, tolerances, seeds, estimates, and the checks of single values."""
