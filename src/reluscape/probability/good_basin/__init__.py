"""How often a random start lies in a good basin, as a function of the width."""
