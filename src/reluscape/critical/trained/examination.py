"""What is known about a trained network, as a value, and the part of it that the exact test covers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.penalties import NoPenalty, WeightDecay
from ...problem.trained.layered import Layered
from ...problem.trained.reading import Trained
from .. import Verdict
from ..proof import Proof
from .answer import Outlook
from .decayed import Decayed
from .fresh_deep import FreshEnds
from .jacobian_facts import JacobianFacts
from .last_layer import LastLayer
from .layers import LayerFacts
from .leaky import LeakyLayer
from .limits import left_out
from .one_hidden_layer import Findings
from .silent_layer import SilentLayer


@dataclass(frozen=True, eq=False)
class Part:
    """One hidden layer and one output under the exact test: the whole network, or its last two layers.

    Attributes:
        trained: that network on its data.
        findings: what the exact test and the descent say about it.
        ahead: the lowest network along the escape of its verdict, None where there is none.
        saved: the network of its shape that is worth saving, with its loss, or None.
        whole: whether it is the whole network.
        quadratic: whether the loss is the squared one.
    """

    trained: Trained
    findings: Findings
    ahead: TwoLayerNet | None
    saved: tuple[TwoLayerNet, float] | None
    whole: bool
    quadratic: bool

    @property
    def left_out(self) -> str | None:
        """What is not looked for because the network is too large, in words, or None."""
        net, data = self.trained.net, self.trained.data
        return left_out(data.n, net.width, data.d, self.quadratic)


@dataclass(frozen=True, eq=False)
class Examination:
    """What is known about a trained network on its data.

    Attributes:
        layered: the network on its data, layer by layer.
        layers: facts of every layer, the output last.
        last: what the last layer alone can reach.
        jacobian: rank and Lemma 1's bound, None where too large.
        part: what the exact test of ReLU covers, None for several outputs and LeakyReLU.
        silent: what follows from a hidden layer that is off on every row, None where there is none.
        leaky: of one hidden layer of LeakyReLU and one output what the exact test and its basin say, else None.
        proof: the interval proof, None where none was asked for.
        decayed: under a penalty what is known of one hidden layer with one output, else None.
        penalty: what was added to the mean loss; then `verdict.loss` is the objective.
        verdict: on the network; where the exact test covers it, on the exact point beside it where that decides.
        given: the verdict on exactly the given weights.
        loss, constant, affine: losses of the network, of the best constant outputs, of the best affine fit (of the
            squared loss only, else None).
        gradient_norm: length of the whole gradient.
        known: the best network known with its loss, None where no other was looked for or none is lower.
        fresh: where fresh starts end, None where none were made.
        outlook: what the answer rests on.
        answer: "solved", "stuck", "slow", "wrong input" or "undecided".
        fits_scaled: the network fits worse than a constant as it is, and better on standardised inputs.
    """

    layered: Layered
    layers: tuple[LayerFacts, ...]
    last: LastLayer
    jacobian: JacobianFacts | None
    part: Part | None
    silent: SilentLayer | None
    leaky: LeakyLayer | None
    proof: Proof | None
    decayed: Decayed | None
    penalty: NoPenalty | WeightDecay
    verdict: Verdict
    given: Verdict
    loss: float
    constant: float
    affine: float | None
    gradient_norm: float
    known: tuple[TwoLayerNet | DeepNet, float] | None
    fresh: FreshEnds | None
    outlook: Outlook
    answer: str
    fits_scaled: bool

    @property
    def whole(self) -> Part | None:
        """The part where it is the whole network, else None."""
        return self.part if self.part is not None and self.part.whole else None

    @property
    def certified(self) -> Proof | None:
        """The interval proof where it decided, else None."""
        return self.proof if self.proof is not None and self.proof.method == "certified" else None

    @property
    def saved(self) -> TwoLayerNet | DeepNet | None:
        """The network worth saving: the snapped one at a minimum, else one of lower loss; None where none is known."""
        if self.whole is not None:
            return None if self.whole.saved is None else self.whole.saved[0]
        if self.known is not None:
            return self.known[0]
        return None if self.proof is None else self.proof.lower

    @property
    def snapped(self) -> TwoLayerNet | DeepNet | None:
        """The network with what the exact test covers moved to the exact point beside it, or None."""
        if self.proof is not None and self.proof.verdict == "local minimum":
            return self.proof.net
        if self.decayed is not None and self.certified is None:
            return None if self.decayed.near is None else with_top(self.layered, self.decayed.near)
        if self.leaky is not None:
            return self.leaky.near
        near = None if self.part is None else self.part.findings.near
        return None if near is None else self.with_part(near.net)

    @property
    def nearest(self) -> TwoLayerNet | DeepNet | None:
        """The same at the nearest exact minimum found, near or not; None where none was found."""
        if self.leaky is not None:
            return self.leaky.near
        end = None if self.part is None else self.part.findings.nearest
        return None if end is None else self.with_part(end)

    @property
    def distance(self) -> float | None:
        """How far the snapped network is, else the nearest exact minimum found, relative to the weights; or None."""
        if self.certified is not None:
            return self.certified.distance
        if self.decayed is not None and self.decayed.near is not None:
            return self.decayed.distance
        if self.leaky is not None or self.part is None:
            return None if self.leaky is None else self.leaky.distance
        findings = self.part.findings
        return findings.near.distance if findings.near is not None else findings.distance_to_minimum

    @property
    def box(self) -> float | None:
        """How far every weight of the snapped network may move without a lower loss anywhere; None where not known."""
        if self.whole is None or self.proof is not None or self.decayed is not None or self.leaky is not None:
            return None
        near = self.whole.findings.near
        return None if near is None else near.box

    def with_part(self, net: TwoLayerNet) -> TwoLayerNet | DeepNet:
        """Return the network with what the exact test covers replaced."""
        return net if self.whole is not None else with_top(self.layered, net)


def with_top(layered: Layered, upper: TwoLayerNet) -> DeepNet:
    """Return the network with its last two layers replaced."""
    net, has_bias = layered.net, layered.biases[-2]
    W, b = (upper.W[:, :-1], upper.W[:, -1]) if has_bias else (upper.W, net.biases[-2])
    weights, biases = (*net.weights[:-2], W, upper.v[None, :]), (*net.biases[:-2], b, [upper.c])
    return replace(net, weights=weights, biases=biases, has_bias=layered.has_bias)
