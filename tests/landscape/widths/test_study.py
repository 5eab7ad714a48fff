import numpy as np
import pytest

from reluscape.critical.training.by_width import Trainings
from reluscape.landscape.widths.settings import Settings
from reluscape.landscape.widths.shares import TRAINED
from reluscape.landscape.widths.study import SURELY


@pytest.mark.parametrize(("n", "d"), [(20, 3), (40, 2), (60, 2)])
def test_a_small_table_has_four_rounds_of_search_whatever_the_clock_says(n, d):
    """Pure noise on 60 rows: 2 units were found lower only in the fourth round."""
    settings = Settings()
    seconds = settings.budget(n, d + 1)
    X = np.c_[np.random.default_rng(0).normal(size=(n, d)), np.ones(n)]
    trainings = Trainings(X, X[:, 0], True, "squared", settings.trainings, 0)
    trainings.set_steps(settings.widths, TRAINED * seconds)
    sure = SURELY * seconds / len(settings.widths)
    assert all(4 * trainings.round_seconds(width) <= sure for width in (1, 2, 4))
