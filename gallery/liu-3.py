"""A local minimum on the border of two cells."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liu-3")
    print(picture, numbers)
