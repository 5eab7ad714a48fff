"""What one unit can represent on three and on four samples on a line."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-6")
    print(picture, numbers)
