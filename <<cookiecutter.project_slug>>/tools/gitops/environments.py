"""Environments as folders: the one function that makes an environment from a model.

The template ships the models `ENVIRONMENT` and `PRODUCTION`; in a generated repository every environment is a model for
the next one.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

# What differs in production stands in the second; both are folders of the template, and words in its clusters/.
MODELS = ("ENVIRONMENT", "PRODUCTION")

# Where a folder is named after an environment; one in clusters/ is named after its first cluster, which has its name.
PLACES = (
    "clusters",
    "infrastructure/controllers/argocd/apps/environments",
    "infrastructure/controllers/argocd/overlays",
    "infrastructure/*/overlays",
    "monitoring/*/overlays",
    "my-apps/*/*/overlays",
)

# What follows or precedes an environment's name where a file in clusters/ says it. No file in an overlay does.
SAID_IN_CLUSTERS = (
    r'(?P<before>^  (?:name|environment|domain): "|/clusters/|\bclusters/|/environments/){}(?P<after>"$|\.|$)'
)

# Where the order of promotion is written, as a list in one or several lines.
ORDER = re.compile(r"(?ms)^\[tool\.gitops\]$(?:(?!^\[).)*?^environments = (?P<list>\[.*?\])")


def order(root: Path) -> list[str]:
    """The environments in the order of promotion, the last of which is production; empty where it is not written."""
    file = root / "pyproject.toml"
    match = ORDER.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    return re.findall(r'"([^"]*)"', match["list"]) if match else []


def renamed(text: str, model: str, name: str) -> str:
    """The text of a file in clusters/ that says `name` wherever it said `model`."""
    said = re.compile(SAID_IN_CLUSTERS.format(re.escape(model)), re.MULTILINE)
    return said.sub(rf"\g<before>{name}\g<after>", text)


def folders(root: Path, environment: str) -> Iterator[Path]:
    """The folders of `environment` below `root`.

    Names are compared as written: where the file system ignores case, `PRODUCTION` is no folder of `production`.
    """
    for place in PLACES:
        for parent in sorted(root.glob(place)):
            yield from (folder for folder in parent.iterdir() if folder.name == environment and folder.is_dir())


def plan(root: Path, environment: str, models: Sequence[str]) -> dict[Path, str]:
    """The files that make `environment`, by path; a file of a later model replaces that of an earlier one.

    Nothing is planned inside a folder that the environment already has.
    """
    existing = set(folders(root, environment))
    files = {}
    for model in models:
        for folder in folders(root, model):
            target = folder.with_name(environment)
            if target in existing:
                continue
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                # What is no UTF-8 is copied as it is.
                text = file.read_bytes().decode(errors="surrogateescape")
                if folder.parent == root / "clusters":
                    text = renamed(text, model, environment)
                files[target / file.relative_to(folder)] = text
    return files


def write(files: dict[Path, str]) -> None:
    """Writes planned files and the folders they need."""
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(errors="surrogateescape"))


def make_all(root: Path, names: Sequence[str]) -> None:
    """Makes the environments of a rendered template from its models, and removes the models; the last is production."""
    files: dict[Path, str] = {}
    for name in names:
        files |= plan(root, name, MODELS if name == names[-1] else MODELS[:1])
    # Removed first: where the file system ignores case, `production` is written where `PRODUCTION` was.
    for model in MODELS:
        for folder in list(folders(root, model)):
            shutil.rmtree(folder)
    write(files)
