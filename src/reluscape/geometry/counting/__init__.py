"""How many activation regions there are, counted without listing them."""
