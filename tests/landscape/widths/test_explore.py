from types import SimpleNamespace

import pytest

from reluscape.landscape.widths.explore import _promising


@pytest.mark.parametrize(
    ("enough", "best", "order"), [(16, 1, [8, 4, 2, 1]), (None, 2, [2, 1, 4, 8]), (4, 8, [4, 2, 8, 1])]
)
def test_rows_left_out_are_looked_at_first_where_training_ends_well(enough, best, order):
    study = SimpleNamespace(
        settings=SimpleNamespace(widths=(1, 2, 4, 8)),
        enough=lambda: SimpleNamespace(width=enough),
        best_width=lambda: best,
    )
    assert _promising(study) == order
