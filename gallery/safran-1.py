"""Regions of two centres, and the noisy regions that clusters around them add."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("safran-1")
    print(picture, numbers)
