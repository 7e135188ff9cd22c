"""The name and the namespace of every Application are DNS labels of at most 63 characters.

Argo CD writes the name into labels, which are no longer; a namespace is a DNS label.
"""

import re
from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "NAME02"
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
LONGEST = 63


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            for what, name in (("name", application.name), ("namespace", application.namespace)):
                if len(name) > LONGEST:
                    message = f"the {what} {name} has {len(name)} characters, and {LONGEST} are allowed"
                    yield Finding(
                        ID,
                        *application.at(what),
                        message,
                        f"shorten it by {len(name) - LONGEST}: the folder, or the key in app.yaml",
                    )
                elif not LABEL.fullmatch(name):
                    message = f"the {what} {name!r} is no DNS label"
                    yield Finding(
                        ID,
                        *application.at(what),
                        message,
                        "lower-case letters, digits and -, with a letter or digit at both ends",
                    )
