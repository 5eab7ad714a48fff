"""From the whole landscape of a width to the report: every number as a claim, then the verdict in words."""

from __future__ import annotations

from typing import Any

from ...landscape.topology import BarrierTree, ReachChances
from ...landscape.topology.disconnectivity import disconnectivity
from ...landscape.topology.whole import WholeLandscape
from ...problem.losses import SquaredLoss
from ...problem.networks.initialization import get_law
from .. import schema
from ..claims import loss_claim, plain, probability_claim
from ..opening import about_data, opening
from ..options import Origin
from .pictures import passage_pictures, plane_picture
from .verdict import verdict_lines

MOST_PAIRS = 2_000
MOST_DIGITS = 120


def build_report(whole: WholeLandscape, origin: Origin) -> schema.CensusReport:
    """Return the report of a landscape, its seconds left out.

    Args:
        whole: what is known of the landscape.
        origin: where the data come from.
    """
    tree, settings, data, main_valleys = whole.tree, whole.settings, whole.data, list(whole.kept)
    report: schema.CensusReport = {
        **opening("census", origin.command or "reluscape.landscape(X, y)", settings.seed),
        "data": about_data(data, origin.file, origin.classes, settings.output_bias, origin.warnings),
        "settings": {
            "width": settings.width,
            "law": get_law(settings.law).name,
            "trials": settings.trials,
            "loss": settings.loss,
            "height_cap": plain(settings.height_cap),
            "weight_decay": None if settings.weight_decay is None else plain(settings.weight_decay.strength),
            "free_biases": settings.weight_decay is not None and not settings.weight_decay.biases,
        },
        "losses": _losses(whole),
        "size": {"basins": tree.nodes, "walls": tree.edges},
        "valley_count": len(tree.valleys),
        "spurious_count": sum(v.spurious for v in tree.valleys),
        "ties": [len(group) for group in tree.ties],
        "valleys": [_valley(tree, k, main_valleys, whole.constant, whole.shares) for k in main_valleys],
        "pairs": [[plain(tree.told(float(a))), plain(tree.told(float(b)))] for a, b in tree.pairs[:MOST_PAIRS]],
        "chances": None if whole.chances is None else _chances(whole.chances),
        "pictures": {
            "disconnectivity": disconnectivity(tree, main_valleys, whole.zero),
            "passages": passage_pictures(whole.passages),
            "plane": plane_picture(whole.plane, data),
        },
    }
    report["verdict"] = verdict_lines(report)
    return report


def _losses(whole: WholeLandscape) -> schema.CensusLosses:
    """Return the losses that everything is measured against."""
    exact = "exact" if whole.settings.weight_decay is None else "numerical"
    fit_kind = "exact" if whole.settings.loss == SquaredLoss.name else "numerical"
    variance, lowest = whole.constant, whole.tree.told(float(whole.tree.global_minimum))
    return {
        "constant": loss_claim(whole.constant, variance, fit_kind),
        "affine": loss_claim(whole.affine, variance, fit_kind),
        "zero": loss_claim(whole.zero, variance, exact),
        "best_network": loss_claim(lowest, variance, "numerical", width=whole.settings.width),
        "any_width": loss_claim(whole.any_width, variance, exact),
    }


def _chances(reach: ReachChances) -> schema.Chances:
    """Return what random starts can reach."""
    return {
        "without_climbing": probability_claim(reach.without_climbing),
        "first_basin": probability_claim(reach.first_basin),
        "gradient_descent": probability_claim(reach.gradient_descent),
        "above_zero": probability_claim(reach.above_zero),
        "steps": reach.steps,
        "descent_losses": [plain(v) for v in reach.descent_losses],
    }


def _valley(tree: BarrierTree, k: int, picks: list[int], variance: float, shares: Any) -> schema.Valley:
    """Describe one valley."""
    valley, verdict = tree.valleys[k], tree.valleys[k].verdict
    exact = str(verdict.exact_loss) if verdict.exact_loss is not None else None
    value = tree.told(valley.value) if verdict.exact_loss is None else float(verdict.exact_loss)
    net = valley.net
    return {
        "value": plain(value),
        "share": plain(value / variance) if variance else None,
        "exact": exact if exact is not None and len(exact) <= MOST_DIGITS else None,
        "kind": "exact" if verdict.exact_loss is not None else "numerical",
        "barrier": plain(valley.barrier),
        "merge_height": plain(valley.merge_height),
        "spurious": valley.spurious,
        "parent": picks.index(valley.parent) if valley.parent in picks else None,
        "dimension": valley.dimension,
        "basins": valley.basins,
        "verdict": verdict.kind,
        "starts": probability_claim(shares[k]),
        "active": [int(pattern.sum()) for pattern, _ in valley.states],
        "signs": [int(sign) for _, sign in valley.states],
        "network": {"W": net.W.tolist(), "v": net.v.tolist(), "c": plain(net.c)},
    }
