"""A plane of weights with and without the regulariser, through two points where training ended."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liang-planes")
    print(picture, numbers)
