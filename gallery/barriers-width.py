"""How the barriers between valleys fall as the layer grows."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("barriers-width")
    print(picture, numbers)
