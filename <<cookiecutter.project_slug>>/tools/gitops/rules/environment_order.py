"""pyproject.toml names every environment in the order of promotion, production last.

`./gitops promote` and `./gitops add environment` go by this order, and folders have none.
"""

from collections.abc import Iterator

from gitops import environments
from gitops.findings import Finding
from gitops.repository import Repository

ID = "ENV04"
FILE = "pyproject.toml"


def check(repository: Repository) -> Iterator[Finding]:
    order = environments.order(repository.root)
    if sorted(order) != repository.environments:
        message = f"the order of promotion is {', '.join(order) or 'not written'}"
        fix = f"list {', '.join(repository.environments)} in their order: environments = […] under [tool.gitops]"
        yield Finding(ID, FILE, None, message, fix)
        return
    # Several are a finding of their own.
    production = {cluster.environment for cluster in repository.clusters if cluster.fact("production") == "true"}
    if len(production) == 1 and production != {order[-1]}:
        message = f"{order[-1]} is last in the order of promotion, and production is {', '.join(production)}"
        fix = "list production last, or write production in the cluster.yaml of the environment that is last"
        yield Finding(ID, FILE, None, message, fix)
