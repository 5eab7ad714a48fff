"""Share of regions that contain a global minimum, one input."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-4")
    print(picture, numbers)
