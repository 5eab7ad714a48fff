"""A layer's activation regions: which patterns exist, how many there are, and samples of them."""
