"""Chance of a full-rank Jacobian, inputs in proportion to the samples."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-3b")
    print(picture, numbers)
