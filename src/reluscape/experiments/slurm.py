"""Settings of SLURM jobs, checked and turned into what dask-jobqueue takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InputError

DEFAULTS: dict[str, Any] = {"memory": "4GB", "walltime": "01:00:00"}
# name of a setting -> its type, and what dask-jobqueue calls it
NAMES: dict[str, tuple[type, str]] = {
    "partition": (str, "queue"),
    "account": (str, "account"),
    "walltime": (str, "walltime"),
    "memory": (str, "memory"),
    "directives": (list, "job_extra_directives"),
    "prologue": (list, "job_script_prologue"),
    "python": (str, "python"),
    "interface": (str, "interface"),
    "logs": (str, "log_directory"),
}
# a worker ends by itself this long before its job does, so that its last chunk comes back
EARLIER = 120


def job_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `dask_jobqueue.SLURMCluster` for one worker with one thread in each job.

    Args:
        settings: any of partition, account, walltime ("HH:MM:SS" or "D-HH:MM:SS"), memory ("4GB"), directives (more
            #SBATCH lines, without the mark), prologue (lines run before the worker starts, such as "module load
            python"), python (the interpreter on the nodes), interface (the network that nodes reach the driver by)
            and logs (a folder).

    Raises:
        InputError: an unknown setting, or a value of the wrong kind.

    Example:
        >>> options = job_options({"partition": "short", "walltime": "00:30:00"})
        >>> options["queue"], options["memory"], options["worker_extra_args"]
        ('short', '4GB', ['--lifetime', '1680s', '--lifetime-stagger', '60s'])
    """
    options: dict[str, Any] = {"cores": 1, "processes": 1}
    for name, value in {**DEFAULTS, **settings}.items():
        if name not in NAMES:
            raise InputError(f"[slurm] has an unknown setting {name!r}; known are {', '.join(NAMES)}")
        kind, theirs = NAMES[name]
        lines = value if isinstance(value, list) else []
        if not isinstance(value, kind) or not all(isinstance(line, str) for line in lines):
            raise InputError(f"[slurm] {name} is {value!r}; it is a {'list of texts' if kind is list else 'text'}")
        options[theirs] = value
    seconds = _seconds(options["walltime"])
    stay = max(seconds - EARLIER, seconds // 2)
    options["worker_extra_args"] = ["--lifetime", f"{stay}s", "--lifetime-stagger", f"{min(EARLIER, seconds) // 2}s"]
    return options


def _seconds(walltime: str) -> int:
    """Return the seconds of a walltime such as 1-02:30:00."""
    match = re.fullmatch(r"(?:(\d+)-)?(\d{1,3}):(\d{2}):(\d{2})", walltime)
    if match is None or int(match[3]) > 59 or int(match[4]) > 59:
        raise InputError(f"[slurm] walltime is {walltime!r}; write hours, minutes and seconds such as 02:30:00")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total == 0:
        raise InputError("[slurm] walltime is zero; give the jobs some time")
    return total
