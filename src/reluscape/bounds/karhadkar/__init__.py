"""What Karhadkar and Montufar's statements promise, one file for each kind of statement."""
