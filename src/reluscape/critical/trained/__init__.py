"""One trained network examined: its units, layers, kinks, Jacobian and last layer."""
