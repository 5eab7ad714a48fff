"""The fan of one unit's activation regions for three samples in the plane."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-1")
    print(picture, numbers)
