"""How often training ends with errors: designed networks against no regulariser, too much of it, too few units."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liang-errors")
    print(picture, numbers)
