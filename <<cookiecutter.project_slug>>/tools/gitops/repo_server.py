"""What the repo-server of each minor version of Argo CD renders with: hack/tool-versions.sh of its releases."""

from typing import NamedTuple


class Tools(NamedTuple):
    helm: str
    kustomize: str


TOOLS = {
    "3.2": Tools(helm="3.18", kustomize="5.7"),
    "3.3": Tools(helm="3.19", kustomize="5.8"),
    "3.4": Tools(helm="3.19", kustomize="5.8"),
    "3.5": Tools(helm="4.2", kustomize="5.8"),
    "3.6": Tools(helm="4.2", kustomize="5.8"),
}
