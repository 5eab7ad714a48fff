"""Every activation region listed once, in lexicographic order, each with a witness."""
