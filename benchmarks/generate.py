"""Measures what the hooks add to a generation, and writes it into generate.json: `python benchmarks/generate.py`.

The whole `cookiecutter . --no-input profile=full`, as a process, against the same with `--accept-hooks no`. What is
compared is the shortest of several runs, which take turns: what else the machine does only ever adds to one.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).with_suffix(".json")
COOKIECUTTER = Path(sys.executable).parent / "cookiecutter"
RUNS = 7
BUILDERS = ("kustomize", "kubectl")
LIMITS = {"without kustomize": 2.0, "with kustomize": 4.0}


def generate(path: str, *arguments: str) -> float:
    """The seconds that one generation takes."""
    with tempfile.TemporaryDirectory() as output:
        command = [str(COOKIECUTTER), str(TEMPLATE), "--no-input", "--output-dir", output, *arguments, "profile=full"]
        variables = {"PATH": path, "HOME": output, "PYTHONDONTWRITEBYTECODE": "1", "GITOPS_REQUIRE_KUSTOMIZE": ""}
        start = time.perf_counter()
        subprocess.run(command, env=os.environ | variables, capture_output=True, check=True)
        return time.perf_counter() - start


def main() -> int:
    """Writes the result; the exit code is 1 when a limit is exceeded."""
    folders = os.environ["PATH"].split(os.pathsep)
    bare = os.pathsep.join(f for f in folders if not any(Path(f, builder).exists() for builder in BUILDERS))
    kustomize = shutil.which("kustomize")
    if kustomize is None:
        sys.exit("kustomize is not on PATH: run make benchmarks, which builds it")
    with tempfile.TemporaryDirectory() as programs:
        Path(programs, "kustomize").symlink_to(kustomize)
        ways = {
            "without hooks": (bare, "--accept-hooks", "no"),
            "without kustomize": (bare,),
            "with kustomize": (f"{programs}{os.pathsep}{bare}",),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(RUNS):
            for way, arguments in ways.items():
                times[way].append(generate(*arguments))
    seconds = {way: round(min(taken), 2) for way, taken in times.items()}
    ratios = {way: round(seconds[way] / seconds["without hooks"], 2) for way in LIMITS}
    machine = {"machine": platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version()}
    text = json.dumps({**machine, "runs": RUNS, "seconds": seconds, "ratio": ratios, "limit": LIMITS}, indent=2)
    RESULT.write_text(f"{text}\n", encoding="utf-8")
    print(text)
    return int(any(ratios[way] > limit for way, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
