"""How common genuine local minima are, as samples, inputs and units grow (our own experiment)."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("genuine-minima")
    print(picture, numbers)
