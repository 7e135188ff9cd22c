"""Prunes the rendered tree, makes the environments, validates the result and says what comes next.

Offline, and the same however often it runs: an update with cruft runs it twice.
"""

import json
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # No __pycache__ in what is generated.
sys.path.insert(0, str(Path.cwd() / "tools"))
from gitops import answers, environments, operators, validate  # noqa: E402

ANSWERS = json.loads(r"""<< cookiecutter | tojson >>""")
CATALOGUE = json.loads(r"""<< catalogue | tojson >>""")
CI = {"github": ".github/workflows/validate.yaml", "gitlab": ".gitlab-ci.yml"}
CI |= {"gitea": ".gitea/workflows/validate.yaml", "bitbucket": "bitbucket-pipelines.yml"}
BEGIN = "  git init --initial-branch {revision} && git remote add origin {repo_url}\n"
NEXT = """
Next, in {project_slug}/ (what each line does, and what a private repository needs: README.md):
{begin}  git add --all && git commit --message 'Generate the repository' && git push --set-upstream origin {revision}
  kubectl apply --server-side --force-conflicts -k infrastructure/controllers/argocd/overlays/{first}
  kubectl wait --for condition=established --timeout 60s crd --all
  kubectl apply -f clusters/{first}/root.yaml"""


def prune(root: Path) -> None:
    """Removes what was not chosen: what belongs to other components, the CI of another host."""
    gone = [path for host, path in CI.items() if host != ANSWERS["git_host"]]
    gone += answers.left_out(ANSWERS["__components"].split(), CATALOGUE)
    for path in (root / path for path in gone):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for parent in (path.parent, path.parent.parent):
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()


def main(root: Path) -> None:
    """Exits with what is wrong, if anything is: then cookiecutter removes the folder again."""
    prune(root)
    environments.make_all(root, ANSWERS["__environments"].split())
    operators.make(root, ANSWERS)
    try:
        report = validate.validate(root, require_kustomize=validate.required())
    except validate.CannotRun as error:
        sys.exit(str(error))
    if report.findings:
        sys.exit(str(report))
    print(report)
    for field, example in {"repo_url": "https://github.com/example/", "base_domain": "example.com"}.items():
        if ANSWERS[field].startswith(example):
            print(f"note: {field} is still an example, {ANSWERS[field]}: generate again with yours, or replace it")
    begin = "" if (root / ".git").exists() else BEGIN.format(**ANSWERS)
    print(NEXT.format(**ANSWERS, begin=begin, first=ANSWERS["__environments"].split()[0]))


if __name__ == "__main__":
    main(Path.cwd())
