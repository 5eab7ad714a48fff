"""What Liang, Sun and Srikant's statements promise, one file for each kind of statement."""
