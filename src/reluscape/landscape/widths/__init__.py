"""What networks of each width reach on one data set: trained, searched for, started at random."""
