from types import SimpleNamespace

import numpy as np
import pytest

from reluscape.landscape.widths.explore import _promising


@pytest.mark.parametrize(
    ("rows", "losses", "order"),
    [
        # 6, 11, 21 and 41 parameters: 9 * 26 / 14 = 16.7, 3 * 31 / 9 = 10.3, more parameters than rows twice
        (20, (9.0, 3.0, 1.0, 0.0), [2, 1, 4, 8]),
        # 2.12, 1.75, 1.46, 1.36: the widest of many rows
        (200, (2.0, 1.57, 1.18, 0.9), [8, 4, 2, 1]),
        # equal losses: the narrowest
        (200, (1.0, 1.0, 1.0, 1.0), [1, 2, 4, 8]),
    ],
)
def test_rows_left_out_are_looked_at_first_where_the_prediction_error_should_be_least(rows, losses, order):
    widths = (1, 2, 4, 8)
    study = SimpleNamespace(
        settings=SimpleNamespace(widths=widths),
        lowest={w: SimpleNamespace(value=value) for w, value in zip(widths, losses, strict=True)},
        trainings=SimpleNamespace(X=np.zeros((rows, 4)), batch=lambda width: SimpleNamespace(size=5 * width + 1)),
    )
    assert _promising(study) == order
