"""Losses as a user would write them, which several rooms are tested with."""

import numpy as np


class Huber:
    """Half the square of an error up to 1, straight beyond."""

    def value(self, f, y):
        error = np.abs(f - y)
        return np.where(error < 1, error**2 / 2, error - 0.5)

    def gradient(self, f, y):
        return np.clip(f - y, -1, 1)
