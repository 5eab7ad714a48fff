"""How the best network of any width changes as the weight decay grows, down to the interpolator of least norm."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("decay-path")
    print(picture, numbers)
