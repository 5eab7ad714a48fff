"""Time and memory of the main job: import, the first survey with compilation, later ones, iris; each a whole process.

python benchmarks/survey.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
IMPORT = [sys.executable, "-c", "import reluscape"]
GOALS = {
    "import reluscape": 0.5,
    "linnerud, first (kernels compiled)": 20,
    "linnerud, later": 8,
    "iris, later": 30,
}


def run(command: list[str], folder: str, kernels: str) -> tuple[float, float]:
    """Return (seconds, peak resident megabytes) of a process."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "NUMBA_CACHE_DIR": kernels}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with status {status}")
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return time.perf_counter() - begin, usage.ru_maxrss / scale


def main() -> None:
    """Print a table of what was measured beside what was wanted."""
    survey = [sys.executable, "-c", "from reluscape.cli import main; main()", "survey"]
    linnerud = [*survey, str(EXAMPLES / "linnerud.csv"), "--target", "weight"]
    iris = [*survey, str(EXAMPLES / "iris_versicolor_virginica.csv"), "--target", "species"]
    with tempfile.TemporaryDirectory() as folder:
        kernels = f"{folder}/kernels"
        rows = {
            "import reluscape": min(run(IMPORT, folder, kernels) for _ in range(5)),
            "linnerud, first (kernels compiled)": run(linnerud, folder, kernels),
            "linnerud, later": run(linnerud, folder, kernels),
            "iris, later": run(iris, folder, kernels),
        }
    print(f"{'what':36} {'seconds':>8} {'wanted':>7} {'peak MB':>8}")
    for name, (seconds, megabytes) in rows.items():
        print(f"{name:36} {seconds:8.2f} {GOALS[name]:7.1f} {megabytes:8.0f}")
    print(f"peak of all: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3:.0f} MB, wanted below 1000")


if __name__ == "__main__":
    main()
