"""Whatever lies in a repository: the validator ends soon, without a traceback, says what is wrong, and stays inside."""

import contextlib
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import LIKE_ANYBODY, gitops, run
from conftest import Bake
from gitops import kustomize
from gitops.commands.validate import FORMATS
from gitops.documents import DEEPEST, parse
from gitops.findings import Finding
from gitops.validate import validate
from hypothesis import example, given, settings
from hypothesis import strategies as st

ARGOCD = "infrastructure/controllers/argocd"
DAMAGED = (
    "clusters/dev/cluster.yaml",
    "clusters/dev/kustomization.yaml",
    "clusters/dev/root.yaml",
    f"{ARGOCD}/apps/cert-manager.yaml",
    f"{ARGOCD}/apps/environments/dev/versions.yaml",
    f"{ARGOCD}/apps/infrastructure-appset.yaml",
    f"{ARGOCD}/apps/kustomization.yaml",
    f"{ARGOCD}/apps/my-apps-appset.yaml",
    f"{ARGOCD}/apps/projects/infrastructure.yaml",
    f"{ARGOCD}/base/argocd-cm.yaml",
    f"{ARGOCD}/base/kustomization.yaml",
    f"{ARGOCD}/lua/gate.yaml",
    f"{ARGOCD}/overlays/dev/kustomization.yaml",
    "infrastructure/metrics-server/component.yaml",
    "infrastructure/metrics-server/overlays/dev/app.yaml",
    "infrastructure/metrics-server/overlays/dev/values.yaml",
    "my-apps/platform/hello-world/base/deployment.yaml",
    "my-apps/platform/hello-world/overlays/dev/kustomization.yaml",
)
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
MERGED_LAUGHS = "a0: &a0 {x: 1}\n" + "".join(
    f"a{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)
BAD = {
    "cut off": b'a: "b',
    "bytes": bytes(range(256)),
    "zeros": bytes(4096),
    "Latin-1": b"a: caf\xe9\n",
    "UTF-16": "a: b\n".encode("utf-16"),
    "10 MiB": b"# " + b"a" * 10 * 2**20 + b"\na: b\n",
    "a million brackets": b"a: " + b"[" * 10**6,
    "brackets that close": b"a: " + b"[" * 2 * DEEPEST + b"]" * 2 * DEEPEST,
    "braces": b"{a: " * 10**5,
    "sequences in a line": b"- " * 10**5 + b"a\n",
    "keys in a line": b"? " * 10**5 + b"a\n",
    "indents": b"".join(b" " * i + b"a:\n" for i in range(2 * DEEPEST)),
    "a key twice": b"a: 1\na: 2\n",
    "laughs": LAUGHS.encode(),
    "merged laughs": MERGED_LAUGHS.encode(),
    "an alias of itself": b"a: &a [*a]\n",
    "an alias of nothing": b"a: *b\n",
    "a key that is a list": b"? [a]\n: b\n",
    "a key that is nothing": b"~: b\n",
    "a number of a million digits": b"a: 0x" + b"f" * 10**6,
    "a number without digits": b'a: !!int ""\n',
    "a truth value that is none": b"a: !!bool perhaps\n",
    "a directive": b"%YAML 9.9\n---\na: b\n",
    "a tab": b"a:\n\tb: c\n",
}
SMALL = b"a: &a {b: 2024-01-01, 1: 0x10, yes: .nan, c: !!binary YQ==}\nd:\n  - *a\n  - <<: *a\n    e: !x |\n      f\n"
ODD: list[Any] = [
    None, True, -1, float("inf"), "", "*", "..", "../../..", "/etc/passwd", "--help", "[z-a]*", "{a", "a\n::error::b",
    "{{", "{{ .a.b }}", '{{ template "a" }}', "https://", "9" * 400, [], {}, [None], [[]], [{}], {"a": None}, {1: [2]},
]  # fmt: skip
Damage = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def repository(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that each test leaves as it was."""
    return Path(shutil.copytree(bake(), tmp_path_factory.mktemp("bad") / "repository"))


@contextlib.contextmanager
def replaced(path: Path, content: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def without_kustomize(repository: Path) -> list[Finding]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kustomize, "find", lambda: None)
        return validate(repository).findings


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_read_is_a_finding_and_the_rest_is_read(repository: Path, what: str) -> None:
    file = "infrastructure/metrics-server/overlays/dev/values.yaml"
    with replaced(repository / file, BAD[what]):
        found = without_kustomize(repository)
    assert {finding.file for finding in found} == {file}
    assert {finding.rule for finding in found} <= {"FILE01", "YAML01", "YAML02"}


def test_a_command_line_survives_everything_at_once(bake: Bake, tmp_path: Path) -> None:
    root = Path(shutil.copytree(bake(), tmp_path / "repository"))
    for name, content in BAD.items():
        (root / f"my-apps/{name}.yaml").write_bytes(content)
    (root / "my-apps/a\n::error::b\x1b[2J.yaml").write_bytes(b"a: [")
    (root / os.fsdecode(b"my-apps/caf\xe9.yaml")).write_bytes(b"a: [")
    (root / "my-apps/loop.yaml").symlink_to("loop.yaml")
    (root / "my-apps/folder.yaml").mkdir()
    files = [*BAD, "a\n::error::b\x1b[2J", os.fsdecode(b"caf\xe9"), "loop"]
    for form in FORMATS:
        run = gitops(root, "validate", "--format", form)
        assert (run.returncode, "Traceback" in run.stderr) == (1, False), run.stderr
        assert "\x1b" not in run.stdout
        assert form == "github" or not [line for line in run.stdout.splitlines() if line.strip().startswith("::")]
        if form == "json":
            told = {found["file"] for found in json.loads(run.stdout)["findings"]}
            assert told == {f"my-apps/{name}.yaml" for name in files}


def test_an_unreadable_file_or_folder_is_a_finding(bake: Bake, tmp_path: Path) -> None:
    root = Path(shutil.copytree(bake(), tmp_path / "repository"))
    file, closed = "infrastructure/metrics-server/overlays/dev/app.yaml", "monitoring/loki"
    (root / file).chmod(0)
    (root / closed).chmod(0)
    done = run(*LIKE_ANYBODY, sys.executable, "gitops", "validate", "--format", "json", cwd=root)
    (root / closed).chmod(stat.S_IRWXU)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    found = {(finding["rule"], finding["file"]) for finding in json.loads(done.stdout)["findings"]}
    assert {("FILE01", file), ("FILE01", closed)} <= found


# What is outside

_opened: list[tuple[str, bool]] | None = None
"""Every file that was opened, and whether to write, while somebody listens: a hook can be added and never removed."""


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], (str, os.PathLike)):
        writes = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        _opened.append((os.path.realpath(arguments[0]), writes))


def opened(repository: Path) -> tuple[list[Finding], set[str], set[str]]:
    """The findings, and the files that were read and written for them."""
    global _opened
    if "listens" not in _listen.__dict__:
        sys.addaudithook(_listen)
        _listen.__dict__["listens"] = True
    _opened = []
    try:
        found = validate(repository).findings
        return found, {path for path, writes in _opened if not writes}, {path for path, writes in _opened if writes}
    finally:
        _opened = None


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_outside_is_read_or_written(bake: Bake, tmp_path: Path) -> None:
    root = Path(shutil.copytree(bake(), tmp_path / "repository"))
    outside = tmp_path / "outside"
    (outside / "base").mkdir(parents=True)
    overlay = root / ARGOCD / "overlays/dev/kustomization.yaml"
    shutil.copy(overlay, outside / "kustomization.yaml")
    (outside / "base/kustomization.yaml").write_text("resources: []\n", encoding="utf-8")
    (outside / "values.yaml").write_text("password: secret\n", encoding="utf-8")
    # A kustomization that a build on a copy would write through, by either kind of link.
    overlay.unlink()
    overlay.symlink_to(outside / "kustomization.yaml")
    other = root / ARGOCD / "overlays/staging/kustomization.yaml"
    other.rename(root / ARGOCD / "staging.yaml")
    other.symlink_to("../../staging.yaml")
    (root / "infrastructure/kyverno/values.yaml").unlink()
    (root / "infrastructure/kyverno/values.yaml").symlink_to("../../../outside/values.yaml")
    (root / "my-apps/base").symlink_to(outside / "base")
    hello = root / "my-apps/platform/hello-world/overlays/dev"
    text = (hello / "kustomization.yaml").read_text(encoding="utf-8")
    more = "configMapGenerator:\n  - name: a\n    files: [../../../../../../outside/values.yaml]\n"
    (hello / "kustomization.yaml").write_text(f"{text}{more}", encoding="utf-8")
    base = root / ARGOCD / "base/kustomization.yaml"
    text = base.read_text(encoding="utf-8")
    base.write_text(text.replace("parameters.env", "../../../../../outside/values.yaml"), encoding="utf-8")
    before = state(tmp_path)
    found, read, written = opened(root)
    assert {finding.file for finding in found if finding.rule == "FILE01"} == {
        f"{ARGOCD}/overlays/dev/kustomization.yaml",
        "infrastructure/kyverno/values.yaml",
        "my-apps/base",
    }
    assert str(root / "clusters/dev/root.yaml") in read, "nobody listened"
    assert not [path for path in read | written if path.startswith(str(outside))]
    assert not [path for path in written if path.startswith(str(tmp_path))]
    assert not [path for path in written if not path.startswith((tempfile.gettempdir(), os.devnull))]
    assert state(tmp_path) == before
    assert "secret" not in "\n".join(map(str, found))


# Chance


def shapes(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value."""
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from shapes(value, (*path, key))


def odd_value(place: float, value: Any) -> Damage:
    """Puts `value` in the place of another."""

    def damage(content: bytes) -> bytes:
        try:
            documents = list(yaml.load_all(content, yaml.CSafeLoader))
        except (yaml.YAMLError, ValueError):
            return content
        paths = [path for path in shapes(documents) if path]
        if not paths:
            return content
        *parents, last = paths[int(place * len(paths))]
        here: Any = documents
        for step in parents:
            here = here[step]
        here[last] = value
        return yaml.safe_dump_all(documents).encode()

    return damage


def odd_text(start: float, gone: int, new: bytes) -> Damage:
    """Puts `new` in the place of some bytes."""

    def damage(content: bytes) -> bytes:
        begin = int(start * len(content))
        return content[:begin] + new + content[begin + gone :]

    return damage


anywhere = st.floats(0, 1, exclude_max=True)
snippets = st.sampled_from(
    [b"", b"\n", b"\t", b"  ", b"- ", b"[", b"}", b"&a ", b"*a", b"<<: *a\n", b"!!int ", b"? ", b"\0"]
)
damages = st.one_of(
    st.builds(odd_value, anywhere, st.sampled_from(ODD)),
    st.builds(odd_text, anywhere, st.sampled_from([0, 1, 20, 10**6]), snippets | st.binary(max_size=8)),
)
# Each run is another, and in CI, which hypothesis recognizes, all are the same.
few, many = (settings(deadline=None, database=None, max_examples=count) for count in (40, 200))


@many
@given(content=st.sampled_from([SMALL, b""]) | st.text(max_size=200).map(str.encode), damage=damages)
def test_what_is_read_is_json(content: bytes, damage: Damage) -> None:
    documents, faults = parse(damage(content).decode(errors="replace"))
    for _, data in documents:
        assert json.loads(json.dumps(data)) == data or "NaN" in json.dumps(data)
    assert all(fault.problem for fault in faults)


@few
# What it provides and what it needs is null: it waits for itself.
@example([("infrastructure/metrics-server/component.yaml", odd_value(0.5, None))] * 2)
@given(changes=st.lists(st.tuples(st.sampled_from(DAMAGED), damages), min_size=1, max_size=3))
def test_damage_by_chance_is_no_traceback(repository: Path, changes: list[tuple[str, Damage]]) -> None:
    with contextlib.ExitStack() as stack:
        for file, damage in changes:
            path = repository / file
            stack.enter_context(replaced(path, damage(path.read_bytes())))
        found = without_kustomize(repository)
        unread = {file for file, _ in changes if parsed_badly(repository / file)}
    assert unread <= {finding.file for finding in found}
    for finding in found:
        assert str(finding).count("\n") == 1
        assert (repository / finding.file).resolve().is_relative_to(repository.resolve())


def parsed_badly(path: Path) -> bool:
    try:
        return bool(parse(path.read_bytes().decode())[1])
    except UnicodeDecodeError:
        return True
