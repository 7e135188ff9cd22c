"""Checks every answer before anything is written, by the rules of tools/gitops/answers.py."""

import json
import sys
from pathlib import Path

# A __pycache__ beside the rules would end up in the generated repository.
sys.dont_write_bytecode = True

# In single quotes, which tojson escapes: the formatter must leave them.
# fmt: off
TEMPLATE_ROOT = r'<< template_root | tojson >>'
CATALOGUE = r'<< catalogue | tojson >>'
ANSWERS = r'<< cookiecutter | tojson >>'
# fmt: on
# What is written or pruned: where one of these is there already, it is somebody's.
OWNED = ["clusters", "infrastructure", "monitoring", "my-apps", "tools/gitops", ".gitlab-ci.yml"]
OWNED += [".github/workflows/validate.yaml", ".gitea/workflows/validate.yaml", "bitbucket-pipelines.yml"]


def main() -> int:
    """Print each problem to standard error and return the exit code; the current folder is the repository to be."""
    # By glob, because the folder's name, written out here, would be rendered.
    (tools,) = Path(json.loads(TEMPLATE_ROOT)).glob("*cookiecutter.project_slug*/tools")
    sys.path.insert(0, str(tools))
    from gitops.answers import Problem, check

    answers = json.loads(ANSWERS)
    problems = check(answers, json.loads(CATALOGUE))
    if any(Path(path).exists() for path in OWNED):
        rule = "this folder holds a repository already: update it with cruft update, or choose another name"
        problems.append(Problem("project_slug", answers["project_slug"], rule))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 0 if all(problem.warning for problem in problems) else 1


if __name__ == "__main__":
    sys.exit(main())
