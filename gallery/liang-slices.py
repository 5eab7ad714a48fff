"""The landscape of one ReQU unit without a regulariser, with a designed one, and with too much of it."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("liang-slices")
    print(picture, numbers)
