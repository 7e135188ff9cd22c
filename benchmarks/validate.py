"""Measures `./gitops validate` beside the loop that everybody writes, and writes it into validate.json.

`python benchmarks/validate.py` generates a repository with three environments, gives it many apps and times, as whole
processes and one after the other: every rule and every build in one command; `kustomize build` of each overlay piped
into `kubeconform -strict`, with the schemas at hand on the disk; and the command after one app has changed. For how time
and memory grow, it runs on several sizes.
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
sys.path.insert(0, str(TEMPLATE / "tests"))
import schemas  # noqa: E402

RESULT = Path(__file__).with_suffix(".json")
COMPARED = 1000  # apps, each with an overlay for three environments
SIZES = (250, 1000, 4000)
APP = "my-apps/platform/hello-world"


def repository(folder: Path, apps: int) -> Path:
    """A generated repository whose example app is there `apps` times."""
    command = [
        str(Path(sys.executable).parent / "cookiecutter"),
        str(TEMPLATE),
        "--no-input",
        "--output-dir",
        str(folder),
    ]
    subprocess.run([*command, f"project_slug=apps-{apps}"], capture_output=True, check=True)
    root = folder / f"apps-{apps}"
    for number in range(1, apps):
        name = f"app-{number:04}"
        copy = shutil.copytree(root / APP, (root / APP).with_name(name))
        for file in copy.rglob("*.yaml"):
            file.write_text(file.read_text(encoding="utf-8").replace("hello-world", name), encoding="utf-8")
    return root


def validate(root: Path) -> tuple[float, int]:
    """The seconds that the validation takes, and its peak memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([str(root / "gitops"), "validate"], cwd=root, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{root} is not sound")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def loop(root: Path) -> float:
    """The seconds that the loop takes."""
    locations = [
        schemas.kubernetes_schemas("1.35", TEMPLATE / ".cache"),
        schemas.argocd_schemas("v3.6.1", TEMPLATE / ".cache"),
    ]
    conform = ["kubeconform", "-strict", "-ignore-missing-schemas"]
    for location in locations:
        conform += ["-schema-location", f"{location}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"]
    start = time.perf_counter()
    for overlay in sorted(root.glob("*/**/overlays/*")):
        built = subprocess.run(["kustomize", "build", str(overlay)], capture_output=True, check=False)
        # Argo CD's own overlays name a manifest on the web: the loop cannot build them here, and its time counts.
        subprocess.run(conform, input=built.stdout, capture_output=True, check=not built.returncode)
    return time.perf_counter() - start


def main() -> None:
    """Writes the result."""
    with tempfile.TemporaryDirectory() as folder:
        grows = {}
        for apps in SIZES:
            root = repository(Path(folder), apps)
            seconds, memory = validate(root)
            grows[apps] = {"seconds": round(seconds, 1), "peak MiB": round(memory / 2**20)}
            if apps == COMPARED:
                looped = loop(root)
            shutil.rmtree(root)
    machine = {"machine": platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version()}
    compared = {"apps": COMPARED, "loop seconds": round(looped, 1)}
    compared["ratio"] = round(looped / grows[COMPARED]["seconds"], 1)
    text = json.dumps({**machine, "validate, by apps": grows, "compared": compared}, indent=2)
    RESULT.write_text(f"{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
