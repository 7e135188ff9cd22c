"""A project lists nothing twice.

Argo CD's API server refuses such a project, and nothing else does: from Git it arrives, and cannot be edited any more.
"""

import json
from collections.abc import Iterator

from gitops.documents import items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PROJECT08"


def check(repository: Repository) -> Iterator[Finding]:
    for project in (p for cluster in repository.clusters for p in cluster.of_kind("AppProject")):
        for field in ("sourceRepos", "destinations", "sourceNamespaces"):
            seen = set()
            for index, entry in enumerate(items(project.get("spec", field))):
                text = json.dumps(entry, sort_keys=True, default=str)
                if text in seen:
                    message = f"project {project.name} lists {text} twice in {field}"
                    yield Finding(ID, *project.at("spec", field, index), message, "remove one of the two")
                seen.add(text)
