"""Argo CD's own code, as tools/argocd/oracle calls it."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parent.parent / ".bin/argocd-oracle"


def ask(questions: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The answer to each question: `text`, and `error` where Argo CD refuses."""
    lines = "\n".join(map(json.dumps, questions))
    done = subprocess.run([PROGRAM], input=lines, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]
