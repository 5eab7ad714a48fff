"""The topology of the landscape with weight decay: states of a unit, programs of layers, barrier tree, reachability."""
