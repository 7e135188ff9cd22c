"""Measures how long `./gitops --help` takes from start to exit, beside others, and writes benchmarks/startup.json.

`python benchmarks/startup.py`, with cookiecutter installed and, for one row, argocd on PATH.
"""

import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TEMPLATE = Path(__file__).parent.parent
RUNS = 21


def measured(commands: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Seconds from start to exit, and of CPU, of each command; they run in turn, and the first round is not counted."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(RUNS + 1):
        for name, command in commands.items():
            start, before = time.perf_counter(), cpu()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            runs[name].append((time.perf_counter() - start, cpu() - before))
    return {name: summary(*zip(*taken[1:], strict=True)) for name, taken in runs.items()}


def cpu() -> float:
    """What all finished children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def summary(wall: Sequence[float], used: Sequence[float]) -> dict[str, float]:
    figures = {"fastest": min(wall), "median": statistics.median(wall), "median CPU": statistics.median(used)}
    return {name: round(seconds, 3) for name, seconds in figures.items()}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bake = ["-m", "cookiecutter", str(TEMPLATE), "--no-input", "--output-dir", folder, "project_slug=repository"]
        subprocess.run([sys.executable, *bake], stdout=subprocess.DEVNULL, check=True)
        gitops = f"{folder}/repository/gitops"
        commands = {
            "./gitops --help": [sys.executable, gitops, "--help"],
            # -S: a Python without packages, so that it starts once more in the environment that it made in .cache/.
            "./gitops --help, packages in .cache": [sys.executable, "-S", gitops, "--help"],
            "python -c 'import click'": [sys.executable, "-c", "import click"],
        }
        if argocd := shutil.which("argocd"):
            commands["argocd --help"] = [argocd, "--help"]
        facts = {"python": platform.python_version(), "machine": platform.machine(), "runs": RUNS}
        result = {**facts, "seconds": measured(commands)}
    text = json.dumps(result, indent=2)
    (TEMPLATE / "benchmarks/startup.json").write_text(f"{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
