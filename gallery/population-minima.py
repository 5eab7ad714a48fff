"""The minima at which the Gaussian population loss gets stuck, and how often it does."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("population-minima")
    print(picture, numbers)
