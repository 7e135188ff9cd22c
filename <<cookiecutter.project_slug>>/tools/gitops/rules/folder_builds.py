"""Every cluster, overlay and base can be built with kustomize.

What cannot be built is not delivered: its Application shows a ComparisonError, and whatever it ran before goes on
unchanged. Where a remote resource is reached, only Argo CD's own manifest can be built, on a stand-in: nothing is
fetched here.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "BUILD02"


def check(repository: Repository) -> Iterator[Finding]:
    for folder, build in repository.builds.items():
        if build.error is not None:
            file = repository.kustomizations[folder].document.file
            yield Finding(
                ID,
                file,
                None,
                f"kustomize: {' '.join(build.error.split())}",
                f"run kustomize build {folder} and mend what it names",
            )
