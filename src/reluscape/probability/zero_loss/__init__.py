"""The share of regions that hold weights with zero loss."""
