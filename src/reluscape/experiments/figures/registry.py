"""Names of the figures and how to get one."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import InputError
from .drawing import Drawing

FIGURES = {
    "karhadkar-1": "The fan of one unit's activation regions for three samples in the plane",
    "karhadkar-2": "The zonotope of three samples: its vertices are the activation regions, its normal cones the fan",
    "karhadkar-3a": "Chance of a full-rank Jacobian, fixed number of inputs; random starts and all regions",
    "karhadkar-3b": "Chance of a full-rank Jacobian, inputs in proportion to samples; random starts and all regions",
    "karhadkar-4": "Share of regions that contain a global minimum, one input; random starts and all regions",
    "karhadkar-5": "Share of regions that contain a global minimum, two and five inputs; random starts and all regions",
    "karhadkar-6": "What one unit can represent on three and on four samples on a line",
    "liu-1": "Samples cut the weight space into cells; the units of a network sit in cells",
    "liu-2": "The landscape of one unit on two samples, with every local minimum, for both choices of labels",
    "liu-3": "A local minimum on the border of two cells",
    "liang-infinity": "Paths to infinity along which the loss falls, and a regulariser that leaves none",
    "liang-slices": "The landscape of one ReQU unit: no regulariser, a designed one, too much of it (our own)",
    "liang-planes": "A plane of weights with and without a regulariser, through where training ended (our own)",
    "liang-errors": "How often training ends with errors: designed networks against three others (our own)",
    "safran-1": "Regions of two centres, and the noisy regions that clusters around them add",
    "safran-2": "One weight, two samples: a good and a bad minimum",
    "safran-3": "Two weights: one optimal minimum, one bad one, two in between",
    "good-basin-width": "Chance of a good first basin against the width, with what Theorems 2 to 5 promise (our own)",
    "basin-histograms": "Values of the first basin on real data, for three widths (our own)",
    "float32-rank": "Full rank in single precision beside the exact rank, on the same draws (our own)",
    "line-exact": "Exact shares of full rank and of global minima against the width, points on a line (our own)",
    "training-path": "Loss, basin value, Jacobian rank and patterns along gradient descent and Adam (our own)",
    "barriers-width": "Every valley of a small table for growing widths, and how the deepest traps vanish (our own)",
    "boursier-1": "How often a basin holds a global minimum with weight decay: exact curves beside 20 draws a point",
    "staircase": "Pieces of the set of global minima with weight decay against the width, beside the theorem",
    "decay-path": "The best network of any width as the weight decay grows, to the least-norm interpolator (our own)",
    "genuine-minima": "How common genuine local minima are, as samples, inputs and units grow (our own)",
    "population-minima": "Where the loss over normal inputs gets stuck, proved, and how often (Safran and Shamir 2018)",
    "patterns-width": "Distinct activation patterns that training passes through, against the width (our own)",
}

_FORMATS = ("png", "svg", "pdf")


def listing() -> list[tuple[str, str]]:
    """List (name, what it shows), in the order of the papers.

    >>> listing()[0][0]
    'karhadkar-1'
    """
    return list(FIGURES.items())


def _function(name: str) -> Callable[..., Drawing]:
    if name not in FIGURES:
        raise InputError(f"there is no figure {name!r}; choose one of {', '.join(FIGURES)}")
    function: Callable[..., Drawing] = importlib.import_module(f".{name.replace('-', '_')}", __package__).draw
    return function


def draw(name: str, seed: int = 0, quick: bool = False) -> Drawing:
    """Draw a figure by name.

    Arguments:
        name: one of ``FIGURES``.
        seed: seed of everything random in it; figures without randomness do not look at it.
        quick: draw on a smaller grid where the figure has one.

    Raises:
        InputError: there is no such figure.

    >>> draw("safran-2").data["minima"]
    [[-1.0, 0.1], [0.8944271909999159, 0.5]]
    """
    function = _function(name)
    options: dict[str, Any] = {"seed": seed, "quick": quick}
    parameters = inspect.signature(function).parameters
    return function(**{key: value for key, value in options.items() if key in parameters})


def save(
    name: str, folder: str | Path = ".", form: str = "png", seed: int = 0, quick: bool = False
) -> tuple[Path, Path]:
    """Draw a figure and write it, with its numbers beside it.

    Returns:
        (picture, data file). The data file holds the caption, the seed where anything is random, and the command.

    Raises:
        InputError: there is no such figure or format, or the folder cannot be written to.
    """
    if form not in _FORMATS:
        raise InputError(f"a figure cannot be written as {form!r}; choose {', '.join(_FORMATS)}")
    drawing = draw(name, seed=seed, quick=quick)
    own_seed = seed if "seed" in inspect.signature(_function(name)).parameters else None
    command = (
        f"reluscape figure {name}" + (f" --seed {own_seed}" if own_seed else "") + (" --quick" if drawing.quick else "")
    )
    command += f" --format {form}" if form != "png" else ""
    return drawing.save(Path(folder) / f"{name}.{form}", command=command, seed=own_seed)
