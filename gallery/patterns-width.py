"""How many activation patterns training passes through, against the width."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("patterns-width")
    print(picture, numbers)
