"""The chance of a good first basin against the width, beside what the theorems promise."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("good-basin-width")
    print(picture, numbers)
