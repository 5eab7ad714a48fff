"""How often a random basin holds a global minimum with weight decay: exact curves beside samples of 20 draws."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("boursier-1")
    print(picture, numbers)
