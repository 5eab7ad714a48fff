"""Loss, basin value, Jacobian rank and patterns along gradient descent and Adam."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("training-path")
    print(picture, numbers)
