import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from reluscape.errors import AssumptionError, InputError
from reluscape.requ import ReQUClassifier

XOR, LABELS = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]


# some of the checks' data sets are noise, whose lambda_0 is tiny, and few steps are enough for what they ask
@pytest.mark.filterwarnings("ignore::reluscape.errors.DataWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([ReQUClassifier(random_state=0, max_steps=40)])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_a_fit_is_a_certified_point_without_training_error():
    model = ReQUClassifier(random_state=0, prove=True).fit(XOR, LABELS)
    assert model.predict(XOR).tolist() == LABELS
    assert model.training_.certified
    assert model.training_.certificate.training_error == 0
    assert "no unit to add" in model.training_.certificate.proven
    assert model.design_.width == 5
    assert (np.sign(model.decision_function(XOR)) == [-1, 1, 1, -1]).all()


def test_units_and_shifts_of_the_inputs_do_not_matter():
    X = np.array(XOR, float) * [1000.0, 0.001] + [5.0, -3.0]
    plain, moved = (ReQUClassifier(random_state=0).fit(data, LABELS) for data in (np.array(XOR, float), X))
    assert moved.decision_function(X) == pytest.approx(plain.decision_function(XOR), abs=1e-6)
    constant = np.column_stack([XOR, np.full(4, 7.0)])
    assert ReQUClassifier(random_state=0).fit(constant, LABELS).score(constant, LABELS) == 1


def test_inside_a_grid_search():
    g = np.random.default_rng(0)
    X = g.standard_normal((24, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    search = GridSearchCV(ReQUClassifier(random_state=0), {"loss": ["logistic", "smooth_hinge"]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.5


def test_conflicts():
    X, y = [[0.0], [0.0], [0.0], [1.0]], [1, 1, 0, 0]
    with pytest.raises(AssumptionError, match="same point"):
        ReQUClassifier().fit(X, y)
    model = ReQUClassifier(conflicts="majority", random_state=0).fit(X, y)
    assert model.predict([[0.0], [1.0]]).tolist() == [1, 0]
    with pytest.raises(AssumptionError, match="one class by majority"):
        ReQUClassifier(conflicts="majority").fit([[0.0], [0.0]], [0, 1])
    with pytest.raises(InputError, match="'error' or 'majority'"):
        ReQUClassifier(conflicts="drop").fit(X, y)


def test_other_numbers_of_classes_are_refused():
    for y in ([0, 1, 2, 1], [1, 1, 1, 1]):
        with pytest.raises(InputError, match="class"):
            ReQUClassifier().fit(XOR, y)


def test_too_few_steps_are_said():
    g = np.random.default_rng(0)
    X, y = g.standard_normal((20, 2)), np.resize([0, 1], 20)
    with pytest.warns(ConvergenceWarning, match="not certified"):
        ReQUClassifier(random_state=0, max_steps=1).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ReQUClassifier(random_state=0).fit(XOR, LABELS)
