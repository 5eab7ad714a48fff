"""reluscape: exact maps of the loss landscape of ReLU networks."""

from __future__ import annotations

from ._lazy import lazy_getattr
from ._version import __version__
from .numbers import kernelcache

_EXPORTS = {
    "AssumptionError": ".errors",
    "CertificateError": ".errors",
    "DataWarning": ".errors",
    "Dataset": ".problem.data",
    "DeepNet": ".problem.networks",
    "DescentClassifier": ".critical.descent.estimators",
    "DescentRegressor": ".critical.descent.estimators",
    "InputError": ".errors",
    "ModelError": ".errors",
    "Probability": ".numbers.estimates",
    "Problem": ".problem.problem",
    "Regions": ".geometry.regions",
    "ReluscapeError": ".errors",
    "Survey": ".stories.survey",
    "TooLarge": ".errors",
    "TwoLayerNet": ".problem.networks",
    "WeightDecay": ".problem.penalties",
    "WidthCurve": ".numbers.width_curve",
    "affine_fit": ".basins",
    "anticoncentration": ".bounds.karhadkar.anticoncentration",
    "barrier_tree": ".landscape.topology",
    "basin_value": ".basins",
    "basin_value_distribution": ".probability",
    "basin_values": ".basins",
    "cell_minima": ".critical.cells",
    "cell_saddles": ".critical.saddles",
    "certify": ".critical",
    "certify_model": ".stories.explain",
    "connect": ".landscape.paths",
    "constant_fit": ".basins",
    "count_basins": ".geometry.regions",
    "count_faces": ".geometry.faces.face_counts",
    "count_regions": ".geometry.regions",
    "dead_units": ".critical.anatomy",
    "decay_path": ".landscape.decay_path",
    "descend": ".critical.descent",
    "enumerate_faces": ".geometry.faces.faces",
    "enumerate_regions": ".geometry.regions",
    "estimate_regions": ".geometry.regions.estimate",
    "exact_decimals": ".numbers.exact",
    "explain": ".stories.explain",
    "full_rank_curve": ".jacobian",
    "full_rank_fraction": ".jacobian",
    "full_rank_fraction_1d": ".jacobian",
    "full_rank_fraction_random_data": ".jacobian",
    "full_rank_fraction_random_regions": ".jacobian",
    "function_space_1d": ".geometry.line.functionspace",
    "generic_region": ".geometry.generic.generic",
    "generic_regions": ".geometry.generic.generic",
    "genuine_minimum_share": ".probability.genuine",
    "global_minimum": ".landscape.optimum",
    "good_basin_curve": ".probability",
    "good_basin_probability": ".probability",
    "hessian": ".critical.curvature",
    "infinite_width_minimum": ".landscape.optimum",
    "is_realizable": ".geometry.regions.realizable",
    "jacobian": ".jacobian",
    "jacobian_gram": ".jacobian",
    "jacobian_rank": ".jacobian",
    "kink_minima": ".critical.kinks",
    "lambda_max": ".landscape.optimum",
    "landscape": ".stories.census",
    "linear_pieces": ".geometry.pieces",
    "local_minima": ".critical.all_minima",
    "logistic_infimum": ".basins",
    "loss_bound": ".jacobian",
    "loss_slice": ".critical.slices",
    "monotone_path": ".landscape.paths",
    "path_barrier": ".landscape.paths",
    "predicted_against_observed": ".experiments.predicted",
    "promises_beside_truth": ".jacobian",
    "polish": ".critical.descent.polish",
    "polish_to_minimum": ".critical.trained.polishing",
    "reachable_minimum": ".landscape.topology",
    "reachable_probability": ".landscape.topology",
    "region_facets": ".geometry.faces.faces",
    "region_volumes": ".geometry.volumes.volumes",
    "represent_1d": ".geometry.line.functionspace",
    "sample_regions": ".geometry.regions.sample",
    "show_region": ".geometry.regions.show",
    "staircase": ".landscape.optimum",
    "start_above_zero": ".landscape.paths",
    "step_vectors": ".geometry.line.functionspace",
    "survey": ".stories.survey",
    "unseen_mass": ".geometry.regions.sample",
    "verify": ".certificates",
    "width_law": ".landscape.optimum",
    "watch": ".stories.watch",
    "zero_loss": ".jacobian",
    "zero_loss_fraction": ".jacobian",
    "zero_loss_fraction_1d": ".jacobian",
    "zonotope": ".geometry.faces.zonotope",
}

_MODULES = {
    "bounds": ".bounds",
    "constructions": ".problem.data.constructions",
    "datasets": ".problem.data.examples",
    "population": ".landscape.population",
    "requ": ".requ",
}

__all__ = ["__version__", *sorted(_EXPORTS), *sorted(_MODULES)]


__getattr__ = lazy_getattr(__name__, _EXPORTS, _MODULES)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)


kernelcache.forget_other_versions()
