"""Share of regions that contain a global minimum, two and five inputs."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("karhadkar-5")
    print(picture, numbers)
