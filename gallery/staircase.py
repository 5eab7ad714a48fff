"""The staircase of connectivity: pieces of the set of global minima with weight decay, width by width."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("staircase")
    print(picture, numbers)
