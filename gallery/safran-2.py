"""One weight, two samples: a good and a bad minimum."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("safran-2")
    print(picture, numbers)
