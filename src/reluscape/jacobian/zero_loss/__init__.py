"""Whether an open region holds weights with zero loss, decided exactly."""
