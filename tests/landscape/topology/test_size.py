"""What a census is said to take agrees with what benchmarks/growth.py measured."""

import importlib.util
import sys
from pathlib import Path

from reluscape.landscape.topology.size import landscape_size

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
# cells below this are mostly the call itself
LEAST_SECONDS, FACTOR = 0.1, 2.5


def benchmark():
    source = importlib.util.spec_from_file_location("growth_benchmark", BENCHMARKS / "growth.py")
    module = importlib.util.module_from_spec(source)
    sys.modules[source.name] = module
    source.loader.exec_module(module)
    return module


def cells():
    growth = benchmark()
    stored = growth.stored(BENCHMARKS / "growth.jsonl")
    for job in growth.JOBS:
        if job.name == "valleys":
            for size, seconds in stored[job.key].items():
                sizes = {**job.fixed, job.axis: size}
                if seconds >= LEAST_SECONDS:
                    yield growth.table(sizes["rows"], sizes["inputs"]), sizes["units"], seconds


def test_the_time_of_a_tree_is_foreseen():
    measured = list(cells())
    assert len(measured) > 1
    for data, width, seconds in measured:
        assert seconds / FACTOR < landscape_size(data, width).seconds < FACTOR * seconds
