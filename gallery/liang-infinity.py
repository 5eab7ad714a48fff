"""Paths to infinity along which the loss falls, and a regulariser that leaves none."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liang-infinity")
    print(picture, numbers)
