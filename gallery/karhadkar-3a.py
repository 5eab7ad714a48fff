"""Chance of a full-rank Jacobian, fixed number of inputs."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-3a")
    print(picture, numbers)
