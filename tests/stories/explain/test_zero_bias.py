"""A bias of zero is a bias: it is trained, so a network at which it can move to a lower loss is no local minimum."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ModelError
from reluscape.problem.networks.files import read_model

X, Y = [[0.0], [1.0]], [1.0, 3.0]  # f(x) = 3 relu(x) fits the second row; the output bias alone lowers the loss
WEIGHTS = [[[1.0]], [[3.0]]]


def with_biases(*biases):
    return rs.DeepNet(WEIGHTS, list(biases))


@pytest.mark.parametrize(
    ("biases", "kind"),
    [
        (([0.0], [0.0]), "not stationary"),
        ((None, [0.0]), "not stationary"),
        (([0.0], None), "not stationary"),
        ((None, None), "local minimum"),
    ],
)
def test_zeros_are_trained_and_none_is_not(biases, kind, tmp_path):
    net = with_biases(*biases)
    assert rs.certify_model(net, X, Y).verdict.kind == kind
    stored = read_model(net.save(tmp_path / "net.npz"))
    assert stored.net.has_bias == net.has_bias == tuple(b is not None for b in biases)
    assert rs.certify_model(stored.net, X, Y).verdict.kind == kind


@pytest.mark.parametrize("hidden", [True, False])
@pytest.mark.parametrize("output", [True, False])
def test_torch_and_its_readings_agree(hidden, output):
    torch = pytest.importorskip("torch")
    first, last = torch.nn.Linear(1, 1, bias=hidden), torch.nn.Linear(1, 1, bias=output)
    with torch.no_grad():
        first.weight.fill_(1.0)
        last.weight.fill_(3.0)
        for layer in (first, last):
            if layer.bias is not None:
                layer.bias.fill_(0.0)
    module = torch.nn.Sequential(first, torch.nn.ReLU(), last)
    net = rs.DeepNet.from_torch(module)
    assert net.has_bias == (hidden, output)
    kinds = {rs.certify_model(model, X, Y).verdict.kind for model in (module, net)}
    assert kinds == ({"not stationary"} if hidden or output else {"local minimum"})
    # by hand: moving c by -t changes the loss by ((1 + t)^2 + t^2 - 1) / 2 in one direction or the other
    if output:
        assert rs.certify_model(rs.TwoLayerNet.from_torch(module), X, Y).verdict.kind == "not stationary"


def test_the_output_bias_of_a_two_layer_net_survives_its_file(tmp_path):
    kept = rs.TwoLayerNet([[1.0, 0.0]], [3.0], 0.0, True)
    assert rs.TwoLayerNet.load(kept.save(tmp_path / "with.npz")).output_bias is True
    without = rs.TwoLayerNet([[1.0, 0.0]], [3.0], 0.0, False)
    assert rs.TwoLayerNet.load(without.save(tmp_path / "without.npz")).output_bias is False
    assert read_model(tmp_path / "without.npz").net.has_bias == (True, False)
    with pytest.raises(ModelError, match="output bias"):
        rs.TwoLayerNet([[1.0, 0.0]], [3.0], 1.0, False)


def test_the_bias_of_a_deep_net_counts_in_every_layer():
    weights = [[[1.0]], [[1.0]], [[3.0]]]
    report = rs.certify_model(rs.DeepNet(weights, [[0.0], [0.0], [0.0]]), X, Y)
    assert report.verdict.kind == "not stationary"
    bare = rs.certify_model(rs.DeepNet(weights, [None] * 3), X, Y)
    assert bare.verdict.kind != "not stationary"
    # the output's bias alone is stated: the layers before are asked of the model
    stated = rs.certify_model(rs.DeepNet(weights, [None] * 3), X, Y, output_bias=True)
    assert stated.verdict.kind == "not stationary"


def test_a_copy_keeps_what_it_copies():
    from reluscape.landscape.paths.result import between, scaled

    bare, full = rs.DeepNet(WEIGHTS, [None, None]), rs.DeepNet(WEIGHTS, [[0.0], [0.0]])
    assert scaled(bare, 2.0).has_bias == (False, False)
    assert between(bare, bare, 0.5).has_bias == (False, False)
    assert between(bare, full, 0.5).has_bias == (True, True)
    np.testing.assert_array_equal(np.concatenate(bare.biases), [0.0, 0.0])
    with pytest.raises(InputError, match="has_bias"):
        rs.DeepNet(WEIGHTS, [[1.0], [0.0]], (False, True))
