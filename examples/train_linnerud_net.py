"""Train three ReLU units on linnerud and save them in the units of the table: writes linnerud_net.npz beside itself."""

import warnings
from pathlib import Path

from sklearn.neural_network import MLPRegressor

import reluscape as rs
from reluscape.problem.data import standardize

HERE = Path(__file__).parent
ROUNDS = 20

data = rs.Dataset.from_csv(HERE / "linnerud.csv", target="weight", bias=True)
scaled = standardize(data)
model = MLPRegressor(
    hidden_layer_sizes=(3,), alpha=0.0, solver="lbfgs", tol=1e-14, max_iter=50_000, warm_start=True, random_state=1
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the solver warns when it cannot get any lower, which is the point
    for _ in range(ROUNDS):
        model.fit(scaled.X[:, :-1], data.y)
net = rs.TwoLayerNet.from_sklearn(model)
# weights on standardised inputs are these weights on the table's own numbers
raw = rs.TwoLayerNet(net.W @ scaled.transform.T, net.v, net.c)
raw.save(HERE / "linnerud_net.npz")
print(f"mean squared error {raw.loss(data):.6g}")
