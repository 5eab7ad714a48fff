"""What Safran and Shamir's statements promise, one file for each kind of statement."""
