"""The zonotope of three samples: its vertices are the activation regions, its normal cones the fan."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-2")
    print(picture, numbers)
