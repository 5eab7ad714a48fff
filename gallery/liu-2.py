"""The landscape of one unit on two samples, with every local minimum, for both choices of labels."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liu-2")
    print(picture, numbers)
