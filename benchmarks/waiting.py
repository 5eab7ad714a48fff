"""How long a newcomer waits: the ten commands of the first hour, cold and warm, and how much of it is compilation.

Each command is a process of its own, first with an empty folder for compiled kernels ("cold"), then with what that run
left there ("warm"). Compilation is the processor time between numba's own events of it, those inside another counted
once.

python benchmarks/waiting.py [NUMBER ...]      all, or the commands of these numbers
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
COMMANDS = (
    "--version",
    "survey {examples}/xor.csv --target xor",
    "survey {examples}/linnerud.csv --target weight --dry-run",
    "survey {examples}/linnerud.csv --target weight",
    "survey {examples}/iris_versicolor_virginica.csv --target species",
    "explain {examples}/linnerud_net.npz {examples}/linnerud.csv --target weight",
    "census {examples}/xor.csv --target xor --width 2",
    "design {examples}/xor.csv --target xor",
    "explain {examples}/linnerud_net.npz {examples}/linnerud.csv --target weight --certificate proof.json",
    "verify proof.json",
)
RUN = """
import atexit, json, os, sys, time
spent, inside = [0.0], []
if os.environ.get("RELUSCAPE_WAITING"):
    from numba.core import event
    class Compiled(event.Listener):
        def on_start(self, what):
            inside.append(time.process_time())
        def on_end(self, what):
            begin = inside.pop()
            spent[0] += 0.0 if inside else time.process_time() - begin
    event.register("numba:compile", Compiled())
    atexit.register(lambda: open(os.environ["RELUSCAPE_WAITING"], "w").write(json.dumps(spent[0])))
from reluscape.cli import main
main()
"""


def waited(words: list[str], folder: Path, kernels: Path) -> tuple[float, float, int]:
    """Return the wall seconds of a command, its seconds of compilation, and its exit status."""
    note = folder / "compiled.json"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(kernels), "RELUSCAPE_WAITING": str(note)}
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=folder, env=environment, capture_output=True, check=False
    )
    seconds = time.perf_counter() - begin
    return seconds, float(json.loads(note.read_text())), done.returncode


def main() -> None:
    """Print a line for each command."""
    chosen = [int(word) for word in sys.argv[1:]] or range(1, len(COMMANDS) + 1)
    print(f"{'':4}{'cold s':>8}{'compiled':>10}{'warm s':>8}{'compiled':>10}  command")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in chosen:
            words = COMMANDS[number - 1].format(examples=EXAMPLES).split()
            kernels = folder / f"kernels{number}"
            kernels.mkdir()
            (cold, first, status), (warm, later, _) = (waited(words, folder, kernels) for _ in range(2))
            ends = f"  ended with status {status}" if status else ""
            shown = COMMANDS[number - 1].replace("{examples}/", "")
            print(f"{number:3} {cold:8.1f}{first:10.1f}{warm:8.1f}{later:10.1f}  {shown}{ends}", flush=True)


if __name__ == "__main__":
    main()
