"""Exact shares against the width, points on a line."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("line-exact")
    print(picture, numbers)
