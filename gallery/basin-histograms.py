"""Values of the first basin on real data, for three widths."""

from reluscape.experiments import figures

if __name__ == "__main__":
    picture, numbers = figures.save("basin-histograms")
    print(picture, numbers)
