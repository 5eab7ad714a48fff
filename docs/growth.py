"""Draws how the time of every headline job grows, from the cells measured by benchmarks/growth.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

HERE = Path(__file__).parent
BENCHMARKS = HERE.parent / "benchmarks"
# a grey that has contrast 4.5 on white and on the dark site, where the picture has no background of its own
GREY = "#7b7b7b"
# one colour for each job in every panel, each with contrast 3 on white and on black
COLOURS = {
    "count regions": "#0c8fbf",
    "basin value": "#d1610b",
    "rank of the Jacobian": "#6b8e23",
    "valleys": "#c7558f",
    "lowest loss of a width": "#8a6fd1",
    "verdict off kinks": "#a1792b",
    "explain": "#20966f",
}
MARKS = "osD^vPX"


def benchmark() -> ModuleType:
    """Return the module of the jobs and their theory."""
    source = importlib.util.spec_from_file_location("growth_benchmark", BENCHMARKS / "growth.py")
    assert source is not None
    assert source.loader is not None
    module = importlib.util.module_from_spec(source)
    sys.modules[source.name] = module
    source.loader.exec_module(module)
    return module


def panel(ax: Axes, axis: str, jobs: ModuleType, cells: dict[str, dict[int, float]]) -> None:
    """Draw the jobs along one axis, each with its fitted exponent and the theory's."""
    for job in jobs.JOBS:
        if job.axis != axis or job.key not in cells:
            continue
        sizes, seconds = zip(*sorted(cells[job.key].items()), strict=True)
        fitted = jobs.exponent(cells[job.key])
        exponent = "too short" if fitted is None else f"{fitted:.1f}"
        theory = "no power" if job.theory is None else f"{job.theory:g}"
        place = list(COLOURS).index(job.name)
        ax.loglog(
            sizes, seconds, color=COLOURS[job.name], marker=MARKS[place], markersize=5, linewidth=2,
            label=f"{job.name}: {exponent} ({theory})",
        )  # fmt: skip
    ax.set_title(f"number of {axis}", color=GREY, fontsize=12)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_locator(LogLocator(base=2 if axis == "inputs" else 10, numticks=6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} s"))
    ax.tick_params(which="both", colors=GREY)
    ax.grid(which="major", color=GREY, alpha=0.25)
    for spine in ax.spines.values():
        spine.set_color(GREY)
        spine.set_alpha(0.5)
    ax.legend(
        frameon=False, labelcolor=GREY, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.1),
        title="exponent (theory)", title_fontproperties={"size": 9},
    ).get_title().set_color(GREY)  # fmt: skip


def draw(path: Path) -> None:
    """Draw the processor seconds of every job on log axes, one panel for rows, inputs and units each."""
    jobs = benchmark()
    cells = jobs.stored(BENCHMARKS / "growth.jsonl")
    figure, panels = plt.subplots(1, 3, figsize=(12, 5.4), sharey=True, layout="constrained")
    for ax, axis in zip(panels, jobs.AXES, strict=True):
        panel(ax, axis, jobs, cells)
    panels[0].set_ylabel("processor seconds, one core", color=GREY)
    figure.savefig(path, dpi=83, transparent=True)
    plt.close(figure)
