"""Two weights: one optimal minimum, one bad one, two in between."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("safran-3")
    print(picture, numbers)
