"""Measures `./gitops validate` beside the loop that everybody writes, and writes it into validate.json.

`python benchmarks/validate.py` generates a repository with three environments, gives it many apps and times, as whole
processes and one after the other: every rule and every build in one command; `kustomize build` of each overlay piped
into `kubeconform -strict`, with schemas on the disk that stand alone, as those are that it fetches by default; and the
command after one app has changed. Several sizes show how time and memory grow.
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
from typing import Any

TEMPLATE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TEMPLATE / "tests"), str(TEMPLATE / "<<cookiecutter.project_slug>>/tools")]
import schemas  # noqa: E402

RESULT = Path(__file__).with_suffix(".json")
COMPARED = 1000  # apps, each with an overlay for three environments
SIZES = (250, 1000, 4000)
APPS_OF_A_TEAM = 50
APP = "my-apps/platform/hello-world"


def repository(folder: Path, apps: int) -> Path:
    """A committed repository with copies of the example app, `APPS_OF_A_TEAM` in each team."""
    command = [
        str(Path(sys.executable).parent / "cookiecutter"),
        str(TEMPLATE),
        "--no-input",
        "--output-dir",
        str(folder),
    ]
    subprocess.run([*command, f"project_slug=apps-{apps}"], capture_output=True, check=True)
    root = folder / f"apps-{apps}"
    teams = [f"team-{number}" for number in range(-(-apps // APPS_OF_A_TEAM))]
    for team in teams:
        subprocess.run(
            [str(root / "gitops"), "add", "team", team, "--like", "platform"], capture_output=True, check=True
        )
    for number in range(apps):
        team, name = teams[number // APPS_OF_A_TEAM], f"app-{number:04}"
        copy = shutil.copytree(root / APP, root / "my-apps" / team / name)
        for file in copy.rglob("*.yaml"):
            text = file.read_text(encoding="utf-8").replace("platform-hello-world", f"{team}-{name}")
            file.write_text(text.replace("hello-world", name), encoding="utf-8")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for arguments in (("init",), ("add", "--all"), ("commit", "--message", "Generate")):
        subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, check=True)
    return root


def validate(root: Path, *options: str) -> tuple[float, int]:
    """The seconds that a validation takes, and its peak memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([str(root / "gitops"), "validate", *options], cwd=root, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{root} is not sound")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def standalone(folder: Path) -> None:
    """Writes the schemas of the kinds that the example app has, with nothing referred to."""
    source = schemas.kubernetes_schemas("1.35", TEMPLATE / ".cache")
    definitions = json.loads((source / "_definitions.json").read_bytes())["$defs"]

    def whole(node: Any) -> Any:
        if isinstance(node, dict):
            name = node.get("$ref", "").rpartition("/")[2] if isinstance(node.get("$ref"), str) else ""
            return whole(definitions[name]) if name else {key: whole(value) for key, value in node.items()}
        return [whole(each) for each in node] if isinstance(node, list) else node

    for kind in ("deployment-apps-v1", "poddisruptionbudget-policy-v1", "service-v1", "serviceaccount-v1"):
        schema = whole(json.loads((source / f"{kind}.json").read_bytes()))
        (folder / f"{kind}.json").write_text(json.dumps(schema), encoding="utf-8")


def loop(root: Path) -> float:
    """The seconds that the loop takes."""
    with tempfile.TemporaryDirectory() as folder:
        standalone(Path(folder))
        location = f"{folder}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
        conform = ["kubeconform", "-strict", "-ignore-missing-schemas", "-schema-location", location]
        start = time.perf_counter()
        for overlay in sorted(root.glob("my-apps/*/*/overlays/*")):
            built = subprocess.run(["kustomize", "build", str(overlay)], capture_output=True, check=True)
            subprocess.run(conform, input=built.stdout, capture_output=True, check=True)
        return time.perf_counter() - start


def change_one_app(root: Path) -> float:
    """The seconds of a validation of what one changed app can have made wrong."""
    with (root / "my-apps/team-0/app-0000/base/kustomization.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    return min(validate(root, "--changed-since", "HEAD")[0] for _ in range(3))


def main() -> None:
    """Writes the result."""
    with tempfile.TemporaryDirectory() as folder:
        grows = {}
        for apps in SIZES:
            root = repository(Path(folder), apps)
            seconds, memory = validate(root)
            grows[apps] = {"seconds": round(seconds, 1), "peak MiB": round(memory / 2**20)}
            print(f"{apps} apps: {grows[apps]}", file=sys.stderr)
            if apps == COMPARED:
                compared = {"apps": apps, "one app changed, seconds": round(change_one_app(root), 2)}
                compared["loop, seconds"] = round(loop(root), 1)
                compared["loop / validate"] = round(compared["loop, seconds"] / seconds, 1)
                print(compared, file=sys.stderr)
            shutil.rmtree(root)
    first, last = grows[SIZES[0]]["seconds"] / SIZES[0], grows[SIZES[-1]]["seconds"] / SIZES[-1]
    machine = {"machine": platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version()}
    growth = {"apps": grows, "times linear": round(last / first, 2)}
    text = json.dumps({**machine, "growth": growth, "compared": compared}, indent=2)
    RESULT.write_text(f"{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
