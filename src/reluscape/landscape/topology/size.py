"""How large a landscape is, before any of it is computed, and which choices are small enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from ...basins.cones import Generators, relatable
from ...errors import TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import cover_number
from ...geometry.regions import count_regions
from ...problem.data import Dataset

MOST_CELLS = 20_000_000
NODE_LIMIT = 1_500_000
WALL_LIMIT = 12_000_000
# below a height cap walls are only looked at between basins that lie under it
CAPPED_NODE_LIMIT = 15_000_000
# on one core, seconds and bytes for each basin and each wall: fitted to what benchmarks/growth.py measured
NODE_SECONDS, WALL_SECONDS = 1.2e-5, 1e-6
NODE_BYTES, WALL_BYTES = 250, 130
# measured likewise where values are exact: seconds for each cone, and for each face by the bits of its numbers
CONE_SECONDS, FACE_SECONDS, FACE_SHARE = 3e-6, (4e-5, 2e-7, 2e-10), 0.1
FACE_BYTES = 800
EXACT_SECONDS, EXACT_MEGABYTES = 600.0, 4000.0


@dataclass(frozen=True)
class LandscapeSize:
    """What relating all basins of one width takes.

    Attributes:
        cells: activation regions of one unit.
        basins: states of networks of that many units over all cells and both signs, up to relabelling unless labelled.
        walls: about how many programs on shared walls, at most.
        fits: within the limits.
        fits_capped: within the limits under a height cap that leaves few basins.
        feasible_width: the largest smaller width that fits, 0 for none; the width itself where it fits.
        seconds: about how long, from a measured rate.
        megabytes: about how much memory.
    """

    cells: int
    basins: int
    walls: int
    fits: bool
    fits_capped: bool
    feasible_width: int
    seconds: float
    megabytes: float


def landscape_size(data: Dataset, width: int, labelled: bool = False) -> LandscapeSize:
    """Return the size of a width's landscape: C(2 cells + m - 1, m) basins, counted without listing a cell.

    Raises:
        TooLarge: even the cells may be too many to count.

    Example:
        >>> from reluscape import Dataset
        >>> landscape_size(Dataset([[1, 0], [0, 1]], [1, 2]), 2).basins
        36
    """
    arrangement = Arrangement.of(data)
    hyperplanes, rank = len(arrangement.normals), int(arrangement.rank)
    most = cover_number(hyperplanes, rank)
    if most > MOST_CELLS:
        raise TooLarge(
            f"{data.n} rows in rank {rank} have up to {most:.3g} cells, too many to relate; use fewer rows or columns",
            estimate=most,
        )
    cells = count_regions(data, zero_rows="drop")
    in_range = relatable(cells, hyperplanes, rank)
    basins, walls = _counts(cells, rank, width, labelled)
    fits = in_range and _fits(basins, walls)
    smaller = (w for w in range(width - 1, 0, -1) if in_range and _fits(*_counts(cells, rank, w, labelled)))
    return LandscapeSize(
        cells,
        basins,
        walls,
        fits,
        in_range and basins <= CAPPED_NODE_LIMIT,
        width if fits else next(smaller, 0),
        basins * NODE_SECONDS + walls * WALL_SECONDS,
        (basins * NODE_BYTES + walls * WALL_BYTES) / 1e6,
    )


def refuse_too_large(data: Dataset, width: int, labelled: bool = False, capped: bool = False) -> LandscapeSize:
    """Raise TooLarge before any work, naming what fits; return the size."""
    size = landscape_size(data, width, labelled)
    if size.fits or (capped and size.fits_capped):
        return size
    advice = [f"width {size.feasible_width} fits" if size.feasible_width else "use fewer rows or columns"]
    if size.fits_capped:
        advice.append("a height cap may")
    raise TooLarge(
        f"{size.cells:,} cells give {size.basins:,} basins at width {width}, more than can be related; "
        + ", ".join(advice),
        estimate=size.basins,
    )


def refuse_exact(size: LandscapeSize, generators: Generators, capped: bool = False) -> None:
    """Raise TooLarge where exact values would take too long or too much memory, naming the estimate.

    About one cone in ten has a face of its own, whose cost grows with the digits of the generators.
    """
    cones = size.basins if capped and not size.fits else size.basins + size.walls
    faces = max(FACE_SHARE * cones, 1)
    bits = max((abs(int(v)).bit_length() for v in generators.columns.flat), default=0)
    face_seconds = FACE_SECONDS[0] + bits * (FACE_SECONDS[1] + bits * FACE_SECONDS[2])
    seconds = size.seconds + cones * CONE_SECONDS + faces * face_seconds
    megabytes = size.megabytes + faces * (FACE_BYTES + 8 * len(generators.targets) + 2 * bits) / 1e6
    if seconds > EXACT_SECONDS or megabytes > EXACT_MEGABYTES:
        raise TooLarge(
            f"exact values of {cones:,} cones, with numbers of {bits} bits, would take about {seconds / 60:,.0f} "
            f"minutes and {megabytes / 1000:,.1f} GB; leave out exact=True, or use a smaller width or shorter numbers",
            estimate=cones,
        )


def _counts(cells: int, rank: int, width: int, labelled: bool) -> tuple[int, int]:
    """Return the number of basins and about how many walls: in rank r a cell has about 2 (r - 1) facets."""

    def number(units: int) -> int:
        return (2 * cells) ** units if labelled else comb(2 * cells + units - 1, units)

    walls = 2 * cells * max(rank - 1, 1) * number(width - 1) * (width if labelled else 1)
    return number(width), walls


def _fits(basins: int, walls: int) -> bool:
    """Return whether both limits are kept."""
    return basins <= NODE_LIMIT and walls <= WALL_LIMIT
