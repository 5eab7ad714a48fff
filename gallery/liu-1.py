"""Samples cut the weight space into cells; the units of a network sit in cells."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liu-1")
    print(picture, numbers)
