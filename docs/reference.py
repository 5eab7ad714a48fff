"""Writes the pages that follow from the code: api.md, reference.md (docstrings are put in by the site), gallery.md."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import reluscape as rs
from reluscape.experiments import figures

HERE = Path(__file__).parent
GROUPS = {
    "Is my network stuck?": "explain certify_model certify polish polish_to_minimum descend loss_bound loss_slice "
    "dead_units hessian path_barrier linear_pieces watch DescentClassifier DescentRegressor",
    "How many units are enough?": "survey Survey good_basin_probability good_basin_curve full_rank_fraction "
    "full_rank_curve full_rank_fraction_1d full_rank_fraction_random_data full_rank_fraction_random_regions "
    "zero_loss zero_loss_fraction zero_loss_fraction_1d start_above_zero predicted_against_observed "
    "promises_beside_truth bounds WidthCurve Probability",
    "What does the whole landscape look like?": "landscape barrier_tree local_minima global_minimum "
    "infinite_width_minimum lambda_max width_law staircase decay_path reachable_minimum reachable_probability connect "
    "monotone_path cell_minima cell_saddles kink_minima genuine_minimum_share population",
    "What is the lowest loss of a basin?": "basin_value basin_values logistic_infimum "
    "basin_value_distribution affine_fit constant_fit",
    "How can a unit split my rows?": "count_regions count_basins count_faces estimate_regions enumerate_regions "
    "enumerate_faces sample_regions unseen_mass is_realizable region_facets region_volumes show_region zonotope "
    "Regions generic_region generic_regions anticoncentration",
    "What can a layer represent?": "jacobian jacobian_gram jacobian_rank function_space_1d represent_1d step_vectors",
    "Can a landscape have no traps?": "requ constructions",
    "Data, networks, proofs": "Dataset Problem WeightDecay TwoLayerNet DeepNet datasets exact_decimals verify",
    "What can go wrong": "ReluscapeError InputError AssumptionError TooLarge ModelError CertificateError DataWarning",
}
# what stands in packages of its own, not at the top: their public names
SWEEPS = "Sweeps and figures"
PACKAGES = ("experiments", "experiments.figures")
BIG = ("bounds", "requ", "constructions", "datasets", "population")


def groups() -> dict[str, list[str]]:
    """Return the public names by question; names of no question come last."""
    found = {question: names.split() for question, names in GROUPS.items()}
    further = sorted(set(rs.__all__) - {"__version__", *(name for names in found.values() for name in names)})
    return {**found, "Further names": further} if further else found


def first_sentence(name: str) -> str:
    """Return the first line of a public docstring."""
    return (inspect.getdoc(getattr(rs, name)) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|").strip()


def overview() -> str:
    """Return the page of names: one table for each question."""
    parts = [
        "# Names by question",
        "",
        "Everything in `import reluscape as rs`, with the first sentence of its docstring; `help(rs.NAME)` has the "
        "rest. `docs/reference.py` writes this page.",
    ]
    for question, names in groups().items():
        rows = [f"| `rs.{name}` | {first_sentence(name)} |" for name in names]
        parts += ["", f"## {question}", "", "| name | what it is |", "|---|---|", *rows]
    return "\n".join(parts) + "\n"


def reference() -> str:
    """Return the page that the site fills with every docstring."""
    parts = ["# Reference", "", "Every public name in the order of [the questions](api.md), with its docstring."]
    for question, names in groups().items():
        parts += ["", f"## {question}"]
        for name in names:
            parts += ["", f"::: reluscape.{name}"] if name not in BIG else members(name)
    parts += ["", f"## {SWEEPS}"]
    for package in PACKAGES:
        parts += members(package)
    return "\n".join(parts) + "\n"


def members(package: str) -> list[str]:
    """Return the entries of a package with public names of its own."""
    module = getattr(rs, package, None) or importlib.import_module(f"reluscape.{package}")
    told = getattr(module, "__all__", None) or [
        name for name in vars(module) if not name.startswith("_") and inspect.isfunction(getattr(module, name))
    ]
    out = ["", f"### `rs.{package}`"]
    for name in told:
        thing = getattr(module, name)
        here = str(getattr(thing, "__module__", "")).startswith(module.__name__.rsplit(".", 1)[0])
        if here and (inspect.isfunction(thing) or inspect.isclass(thing)):
            out += ["", f"::: {thing.__module__}.{thing.__qualname__}"]
    return out


def gallery() -> str:
    """Return the page of figures: what each shows, its picture where there is one, its command and its script."""
    parts = [
        "# Gallery",
        "",
        "Every figure of the papers that reluscape makes again, and some of our own. Each has a command, and a "
        "script that calls `reluscape.experiments.figures.save(NAME)`; both write the picture and, beside it, its "
        "numbers with seed and caption. Pictures marked quick are those of `--quick`, on a smaller grid; "
        "`docs/pictures.py` draws all of them.",
    ]
    for name, shows in figures.listing():
        parts += ["", f"## {name}", "", f"{shows}."]
        if (HERE / "images" / f"{name}.png").exists():
            parts += ["", f"![{shows}](images/{name}.png)"]
        parts += ["", f"`reluscape figure {name}`, [gallery/{name}.py](../gallery/{name}.py)"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    HERE.joinpath("gallery.md").write_text(gallery(), encoding="utf-8")
    HERE.joinpath("api.md").write_text(overview(), encoding="utf-8")
    HERE.joinpath("reference.md").write_text(reference(), encoding="utf-8")
