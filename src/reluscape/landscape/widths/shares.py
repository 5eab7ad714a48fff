"""In which shares the time of a survey goes to its parts, and up to which size a part is done."""

# of the seconds left: trainings of the listed widths, of further ones, rows left out, searches for better networks,
# basins of starts, the proof of the least width, fits of all rows of a table that some were drawn from
TRAINED, FURTHER, FOLDS, DEEPER, STARTED, LEAST, FITTED = 0.35, 0.5, 0.2, 0.4, 0.5, 0.25, 0.5
# of the seconds, the share that what came before the work takes of them at most: starting, loading, compiling
BEFORE = 0.5
# of the time of searches for better networks, the share that more trainings take
TRAINED_ON = 0.7
# nominal time of a width's folds, as a share of that of its trainings, and rows from which there are folds
FOLD_COST, FEWEST_FOLDED = 0.25, 10
# rows times rank up to which a global minimum is searched for
MOST_SEARCHED = 1_000
