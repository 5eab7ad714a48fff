"""Full rank in single precision beside the exact rank."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("float32-rank")
    print(picture, numbers)
