"""Torch modules as layers: what they compute is read, whatever their form, or refused by the name of the part."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional
pytestmark = pytest.mark.torch


class Free(nn.Module):
    """A module of a 3-4-1 network whose forward is given."""

    def __init__(self, forward, seed=0, outputs=1):
        super().__init__()
        torch.manual_seed(seed)
        self.last, self.first = nn.Linear(4, outputs), nn.Linear(3, 4)  # declared out of order
        self.bend, self.free = nn.ReLU(), forward

    def forward(self, x):
        return self.free(self, x)


def read(module):
    from reluscape.interop.torch_reading import read_torch

    return read_torch(module)


def by_hand(module, X):
    """The 3-4-1 network with ReLU, from the parameters themselves."""
    W, b, v, c = (
        p.detach().double().numpy()
        for p in (module.first.weight, module.first.bias, module.last.weight, module.last.bias)
    )
    return np.maximum(X @ W.T + b, 0) @ v.T + c


X = np.random.default_rng(1).normal(size=(20, 3))
PLAIN = {
    "F.relu": lambda s, x: s.last(F.relu(s.first(x))),
    "in place": lambda s, x: s.last(F.relu(s.first(x), inplace=True)),
    "torch.relu": lambda s, x: s.last(torch.relu(s.first(x))),
    "method": lambda s, x: s.last(s.first(x).relu_()),
    "module": lambda s, x: s.last(s.bend(s.bend(s.first(x)))),
    "clamp": lambda s, x: s.last(s.first(x).clamp(min=0)),
    "clamp_min": lambda s, x: s.last(torch.clamp_min(s.first(x), 0.0)),
    "max": lambda s, x: s.last(torch.max(s.first(x), torch.tensor(0.0, dtype=x.dtype))),
    "threshold": lambda s, x: s.last(F.threshold(s.first(x), 0, 0)),
    "matmul": lambda s, x: (x @ s.first.weight.t() + s.first.bias).relu() @ s.last.weight.T + s.last.bias,
    "addmm": lambda s, x: s.last(torch.addmm(s.first.bias, x, s.first.weight.t()).relu()),
    "linear": lambda s, x: F.linear(F.relu(F.linear(x, s.first.weight, s.first.bias)), s.last.weight, s.last.bias),
    "dropout": lambda s, x: s.last(F.dropout(s.first(x).relu(), 0.5, s.training)),
    "view": lambda s, x: s.last(s.first(x.view(x.size(0), -1)).relu()).squeeze(-1),
    "branch on a shape": lambda s, x: s.last(s.first(x[None] if x.dim() == 1 else x).relu()),
    "float": lambda s, x: s.last(s.first(x.float()).relu()),
    "device": lambda s, x: s.last(s.first(x.to(next(s.parameters()).device)).relu()),
}


@pytest.mark.parametrize("form", PLAIN)
def test_forward_in_every_hand(form):
    module = Free(PLAIN[form])
    module.train()
    found = read(module)
    assert [w.shape for w in found.weights] == [(4, 3), (1, 4)]
    assert (found.slopes, found.head, found.loss) == ((0.0,), None, None)
    np.testing.assert_allclose(found.predict(X), by_hand(module, X), rtol=1e-6, atol=1e-6)
    assert found.disagreement(X)[0] < 100
    assert module.training
    assert module.bend.training
    assert all(p.grad is None for p in module.parameters())
    np.testing.assert_allclose(rs.DeepNet.from_torch(module).predict(X), by_hand(module, X)[:, 0], atol=1e-6)


def test_maximum_with_zeros():
    def forward(s, x):
        z = s.first(x)
        return s.last(torch.maximum(torch.zeros_like(z), z))

    module = Free(forward)
    np.testing.assert_allclose(read(module).predict(X), by_hand(module, X), atol=1e-6)


def test_scalings_are_folded():
    """3 - 2 g(relu(-f(x / 4 + 1) / 8)) from the parameters themselves."""
    module = Free(lambda s, x: 3 - 2 * s.last(torch.relu(-s.first(x / 4 + 1)) / 8)).double()
    W, b, v, c = (p.detach().numpy() for p in (module.first.weight, module.first.bias, *module.last.parameters()))
    expected = 3 - 2 * (np.maximum(-((X / 4 + 1) @ W.T + b), 0) / 8 @ v.T + c)
    found = read(module)
    np.testing.assert_allclose(found.predict(X), expected, rtol=1e-12)
    assert np.ptp(expected) > 0


def trained_norm(size, affine=True, seed=0):
    """A BatchNorm that has seen something."""
    norm = nn.BatchNorm1d(size, affine=affine)
    rng = np.random.default_rng(seed)
    norm.running_mean.copy_(torch.from_numpy(rng.normal(size=size)))
    norm.running_var.copy_(torch.from_numpy(rng.uniform(0.5, 2, size=size)))
    if affine:
        with torch.no_grad():
            norm.weight.copy_(torch.from_numpy(rng.normal(size=size)))
            norm.bias.copy_(torch.from_numpy(rng.normal(size=size)))
    return norm


@pytest.mark.parametrize("place", ["first", "before", "after"])
@pytest.mark.parametrize("bias", [True, False])
def test_batch_norm_is_folded(place, bias):
    parts = {"first": nn.Linear(3, 4, bias=bias), "bend": nn.ReLU(), "last": nn.Linear(4, 2, bias=bias)}
    order = {"first": ["norm", "first", "bend", "last"], "before": ["first", "norm", "bend", "last"]}.get(
        place, ["first", "bend", "norm", "last"]
    )
    parts["norm"] = trained_norm(3 if place == "first" else 4)
    module = nn.Sequential(*(parts[name] for name in order)).double().eval()
    found = read(module)
    with torch.no_grad():
        expected = module(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(found.predict(X), expected, rtol=1e-10)
    touched = {"first": 0, "before": 0, "after": 1}[place]
    assert [b is not None for b in found.biases] == [bias or k == touched for k in range(2)]
    assert any("BatchNorm" in note for note in found.notes)


def test_batch_norm_that_no_layer_can_take():
    module = nn.Sequential(nn.Linear(3, 4, bias=False), trained_norm(4, affine=False), nn.ReLU(), nn.Linear(4, 1))
    with pytest.raises(rs.ModelError, match="not trained"):
        read(module)
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, track_running_stats=False), nn.ReLU(), nn.Linear(4, 1))
    with pytest.raises(rs.ModelError, match="running statistics"):
        read(module)


@pytest.mark.parametrize(
    ("head", "outputs", "name", "loss"),
    [
        (nn.Sigmoid(), 1, "Sigmoid", "bce"),
        (nn.Sigmoid(), 3, "Sigmoid", "bce"),
        (nn.Softmax(dim=1), 3, "Softmax", "cross_entropy"),
        (nn.LogSoftmax(dim=-1), 2, "LogSoftmax", "cross_entropy"),
    ],
)
def test_heads_are_left_out(head, outputs, name, loss):
    torch.manual_seed(0)
    body = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, outputs))
    found = read(nn.Sequential(body, head))
    assert (found.head, found.loss) == (name, loss)
    with torch.no_grad():
        expected = body.double()(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(found.predict(X), expected, rtol=1e-12)
    assert found.disagreement(X)[0] < 100


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_every_precision_is_read_to_its_last_digit(dtype):
    torch.manual_seed(3)
    module = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.Linear(4, 2)).to(getattr(torch, dtype))
    found = read(module)
    np.testing.assert_array_equal(found.weights[0], module[0].weight.detach().double().numpy())
    h = X @ found.weights[0].T + found.biases[0]
    expected = np.where(h > 0, h, 0.2 * h) @ found.weights[1].T + found.biases[1]
    np.testing.assert_allclose(found.predict(X), expected, rtol=1e-12)
    assert found.disagreement(X)[0] < 100
    assert module[0].weight.dtype == getattr(torch, dtype)


@pytest.mark.filterwarnings("ignore:.torch.jit.script_method")
def test_wrappers_and_nesting():
    bend = nn.ReLU(inplace=True)
    inner = nn.ModuleDict({"a": nn.Linear(3, 4), "b": nn.Linear(4, 4), "c": nn.Linear(4, 1)})

    class Loop(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts, self.bend = inner, bend

        def forward(self, x):
            for name in ("a", "b"):
                x = self.bend(self.parts[name](x))
            return self.parts["c"](x)

    plain = Loop()
    with torch.no_grad():
        expected = plain(torch.from_numpy(X).float()).double().numpy()
    for module in (plain, nn.DataParallel(plain), torch.compile(plain), torch.compile(nn.DataParallel(plain))):
        np.testing.assert_allclose(read(module).predict(X), expected, atol=1e-5)
    for p in plain.parts["a"].parameters():
        p.requires_grad_(False)
    assert any("parts.a.weight" in note and "did not train" in note for note in read(plain).notes)


REFUSED = {
    "layer run twice": (Free(lambda s, x: s.last(torch.maximum(s.first(x), s.first(x)))), "second branch"),
    "skip connection": (Free(lambda s, x: s.last(s.first(x).relu()) + x[:, :1]), "second branch"),
    "residual": (Free(lambda s, x: s.last(s.first(x) + torch.relu(s.first(x)))), "skip connection"),
    "Tanh": (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)), "'1' is Tanh"),
    "GELU": (nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 1)), "'1' is GELU"),
    "ReLU6": (nn.Sequential(nn.Linear(3, 4), nn.ReLU6(), nn.Linear(4, 1)), "'1' is ReLU6"),
    "PReLU": (nn.Sequential(nn.Linear(3, 4), nn.PReLU(), nn.Linear(4, 1)), "'1' is PReLU"),
    "LayerNorm": (nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.ReLU(), nn.Linear(4, 1)), "'1' is LayerNorm"),
    "Conv": (nn.Sequential(nn.Conv1d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4, 1)), "'0' is Conv1d"),
    "two linear": (nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)), "no activation between"),
    "ReLU at the end": (nn.Sequential(nn.Linear(3, 4), nn.ReLU()), "ends in an activation"),
    "ReLU after the head": (nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 1)), "follows the Sigmoid"),
    "softmax of one": (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1), nn.Softmax(1)), "is a constant"),
    "softmax over samples": (nn.Sequential(nn.Linear(3, 2), nn.Softmax(0)), "over the samples"),
    "two outputs": (Free(lambda s, x: (s.last(s.first(x).relu()), x)), "several values"),
    "data": (Free(lambda s, x: s.last(s.first(x).relu() if x.mean() > 0 else s.first(x))), "mean"),
    "tanh in forward": (Free(lambda s, x: s.last(torch.tanh(s.first(x)))), "in forward, tanh"),
    "numpy": (Free(lambda s, x: s.last(torch.from_numpy(np.maximum(s.first(x).numpy(), 0)))), "numpy"),
    "dropout": (Free(lambda s, x: s.last(F.dropout(s.first(x).relu()))), "evaluation too"),
    "fails": (Free(lambda s, x: s.last(x.no_such_name)), "no_such_name"),
    "no weights": (nn.Sequential(nn.ReLU()), "no weight matrix"),
    "lazy": (nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.Linear(3, 1)), "lazy"),
    "nan": (nn.Sequential(nn.Linear(3, 1)).apply(lambda m: m.bias.data.fill_(np.nan) if hasattr(m, "bias") else None),
            "NaN"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore:Lazy modules")
def test_what_is_no_chain_is_refused_by_name(name):
    module, words = REFUSED[name]
    with pytest.raises(rs.ModelError, match=words) as refused:
        read(module)
    assert "\n" not in str(refused.value)


def test_shared_and_computed_weights_are_refused():
    same = nn.Linear(3, 3)
    with pytest.raises(rs.ModelError, match="used twice"):
        read(nn.Sequential(same, nn.ReLU(), same, nn.ReLU(), nn.Linear(3, 1)))
    normed = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(3, 4)), nn.ReLU(), nn.Linear(4, 1))
    with pytest.raises(rs.ModelError, match="computed from other numbers"):
        read(normed)
