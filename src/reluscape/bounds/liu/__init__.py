"""What Liu's statements promise, one file for each kind of statement."""
