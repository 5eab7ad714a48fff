"""How often the Jacobian has full rank: over patterns, regions, starts and random data."""
